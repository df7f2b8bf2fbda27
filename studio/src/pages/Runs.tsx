import { Frame } from "../ui/Frame";
import { RunList } from "./runs/RunList";

/** Every run there is. */
export function Runs() {
  return (
    <Frame title="Runs" crumbs={[{ label: "Runs" }]} fixed>
      <RunList title="Runs" />
    </Frame>
  );
}
