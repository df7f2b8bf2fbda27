import type { Run } from "../../api/types";
import { useNow } from "../../ui/clock";
import { isFinal } from "../../ui/status";
import { stages } from "./stages";

export function Stages({ run }: { run: Run }) {
  const nowMs = useNow(!isFinal(run.status));
  return (
    <ol className="stages" aria-label="Stages of the run">
      {stages(run, nowMs).map(({ label, state, small }) => (
        <li
          key={label}
          className={state}
          aria-current={state === "here" || state === "failed" ? "step" : undefined}
        >
          {label}
          <small title={small}>{small}</small>
        </li>
      ))}
    </ol>
  );
}
