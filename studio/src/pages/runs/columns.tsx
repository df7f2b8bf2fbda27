/** The columns of the runs table: what is fixed, what each run brings, and how a cell is written. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Run } from "../../api/types";
import { ago, duration, metric, time, utc } from "../../ui/format";
import { parameters } from "../../ui/params";
import { Status } from "../../ui/Status";
import { isWaiting, ranMs } from "../../ui/status";
import { experimentPath, runPath } from "../../ui/url";

export interface Column {
  key: string;
  label: string;
  width: number;
  group: "run" | "metric" | "param" | "rest";
  /** What the server sorts by, if it can. */
  sort?: string;
  numeric?: boolean;
  cell: (run: Run, nowMs: number) => ReactNode;
}

const NONE = <span className="none">–</span>;

function waited(run: Run, nowMs: number): ReactNode {
  if (isWaiting(run.status)) return <span className="mute">waits {ago(nowMs - run.created_ms)}</span>;
  const ran = ranMs(run, nowMs);
  return ran === null ? NONE : duration(ran);
}

export const NAME: Column = {
  key: "name",
  label: "Name",
  width: 216,
  group: "run",
  sort: "name",
  cell: (run) => (
    <Link className="name" href={runPath(run.run_id)}>
      {run.display_name}
    </Link>
  ),
};

const EXPERIMENT: Column = {
  key: "experiment",
  label: "Experiment",
  width: 156,
  group: "run",
  cell: (run) => (
    <Link className="mute" href={experimentPath(run.experiment)}>
      {run.experiment}
    </Link>
  ),
};

const RUN: Column[] = [
  {
    key: "status",
    label: "Status",
    width: 136,
    group: "run",
    sort: "status",
    cell: (run) => <Status status={run.status} />,
  },
  {
    key: "created",
    label: "Started",
    width: 116,
    group: "run",
    sort: "created",
    cell: (run, nowMs) => (
      <span className="soft" title={utc(run.created_ms)}>
        {time(run.created_ms, nowMs)}
      </span>
    ),
  },
  {
    key: "duration",
    label: "Duration",
    width: 116,
    group: "run",
    sort: "duration",
    numeric: true,
    cell: (run, nowMs) => <span className="soft">{waited(run, nowMs)}</span>,
  },
];

const REST: Column[] = [
  {
    key: "target",
    label: "Compute",
    width: 124,
    group: "rest",
    cell: (run) => <span className="soft">{run.target}</span>,
  },
  {
    key: "tags",
    label: "Tags",
    width: 200,
    group: "rest",
    cell: (run) => (
      <span className="chips one">
        {Object.entries(run.tags).map(([key, value]) => (
          <Tag key={key} name={key} value={value} />
        ))}
      </span>
    ),
  },
];

export function Tag({ name, value }: { name: string; value: string | null }) {
  return (
    <span className="tag">
      {value ? (
        <>
          <span className="k">{name}</span> {value}
        </>
      ) : (
        name
      )}
    </span>
  );
}

const widthOf = (label: string): number => Math.min(Math.max(96, label.length * 7.4 + 36), 196);

function metricColumn(name: string): Column {
  return {
    key: `m:${name}`,
    label: name,
    width: widthOf(name),
    group: "metric",
    numeric: true,
    sort: `metric:${name}`,
    cell: (run) => (run.metrics[name] ? metric(run.metrics[name].value) : NONE),
  };
}

const parameterOf = (run: Run, name: string): string | undefined =>
  parameters(run).find(([key]) => key === name)?.[1];

function paramColumn(name: string, runs: Run[]): Column {
  const longest = Math.max(name.length, ...runs.map((run) => parameterOf(run, name)?.length ?? 0));
  return {
    key: `p:${name}`,
    label: name,
    width: Math.min(Math.max(72, longest * 7 + 24), 196),
    group: "param",
    cell: (run) => {
      const value = parameterOf(run, name);
      return value === undefined ? NONE : <span className="soft">{value}</span>;
    },
  };
}

/** Names that the rows bring, those of most runs first. */
export function offered(runs: Run[]): { metrics: string[]; params: string[] } {
  const metrics = new Map<string, number>();
  const params = new Map<string, number>();
  const add = (tally: Map<string, number>, name: string) => tally.set(name, (tally.get(name) ?? 0) + 1);
  for (const run of runs) {
    for (const [name, one] of Object.entries(run.metrics)) if (one.kind === "scalar") add(metrics, name);
    for (const [name] of parameters(run)) add(params, name);
  }
  const names = (tally: Map<string, number>) => [...tally].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return { metrics: names(metrics), params: names(params) };
}

const BY_ITSELF = 4;

/** Keys of the metric and parameter columns that stand when nobody has picked any. */
export function defaultColumns(runs: Run[]): string[] {
  const { metrics, params } = offered(runs);
  return [
    ...metrics.slice(0, BY_ITSELF).map((name) => `m:${name}`),
    ...params.slice(0, BY_ITSELF).map((name) => `p:${name}`),
  ];
}

/** `runs`: the first rows, by which the columns of parameters are as wide as they need to be. */
export function columnsFor(picked: string[], inExperiment: boolean, runs: Run[]): Column[] {
  const of = (prefix: string) => picked.filter((key) => key.startsWith(prefix)).map((key) => key.slice(2));
  return [
    NAME,
    ...(inExperiment ? [] : [EXPERIMENT]),
    ...RUN,
    ...of("m:").map(metricColumn),
    ...of("p:").map((name) => paramColumn(name, runs)),
    ...REST,
  ];
}
