import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import type { Experiment } from "../api/types";
import { Frame } from "../ui/Frame";
import { Problem } from "../ui/Problem";
import { RunList } from "./runs/RunList";

/** The runs of one experiment. */
export function ExperimentByName({ name }: { name: string }) {
  return (
    <Frame title={name} crumbs={[{ label: "Experiments", to: "/experiments" }, { label: name }]} fixed>
      <RunList title={name} experiment={name} />
    </Frame>
  );
}

/** The same by the id that scripts print. */
export function ExperimentById({ guid }: { guid: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["experiment", guid],
    queryFn: ({ signal }) => get<Experiment>(`experiments/${encodeURIComponent(guid)}`, {}, signal),
  });
  if (data) return <ExperimentByName name={data.name} />;
  return (
    <Frame title="Experiment" crumbs={[{ label: "Experiments", to: "/experiments" }, { label: guid }]}>
      {error && <Problem page error={error} retry={refetch} />}
    </Frame>
  );
}
