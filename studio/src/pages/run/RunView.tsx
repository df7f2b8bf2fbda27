import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { Link, useLocation } from "wouter";
import { useFiles, useRun } from "../../api/queries";
import type { Run } from "../../api/types";
import { type Crumb, Frame } from "../../ui/Frame";
import { count } from "../../ui/format";
import { useKeys } from "../../ui/keys";
import { Problem } from "../../ui/Problem";
import { Skeleton } from "../../ui/Skeleton";
import { isFinal } from "../../ui/status";
import { experimentPath, runPath } from "../../ui/url";
import { Details } from "./Details";
import { RunHead } from "./RunHead";

/** Charts and logs come when a run is looked at: lists of runs do without their weight. */
const loadMetrics = () => import("./Metrics");
const loadLogs = () => import("./Logs");
const Metrics = lazy(async () => ({ default: (await loadMetrics()).Metrics }));
const Logs = lazy(async () => ({ default: (await loadLogs()).Logs }));

export type Tab = "details" | "metrics" | "logs";

const TABS: Record<Tab, { label: string; path: string }> = {
  details: { label: "Details", path: "" },
  metrics: { label: "Metrics", path: "metrics" },
  logs: { label: "Outputs + logs", path: "logs" },
};

/** One run: its head and tabs over one of its pages. */
export function RunView({ runId, tab }: { runId: string; tab: Tab }) {
  const { data: run, error, refetch } = useRun(runId);
  const name = run?.display_name ?? runId;
  const crumbs: Crumb[] = [
    { label: "Experiments", to: "/experiments" },
    ...(run ? [{ label: run.experiment, to: experimentPath(run.experiment) }] : []),
    ...(tab === "details"
      ? [{ label: name }]
      : [{ label: name, to: runPath(runId) }, { label: TABS[tab].label }]),
  ];
  const title = tab === "details" ? name : `${TABS[tab].label} of ${name}`;
  return (
    <Frame title={title} crumbs={crumbs} fixed={tab !== "details"}>
      {run ? (
        <Loaded run={run} tab={tab} />
      ) : error ? (
        <Problem page error={error} retry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Frame>
  );
}

function Loaded({ run, tab }: { run: Run; tab: Tab }) {
  const [, navigate] = useLocation();
  const files = useFiles(run.run_id, !isFinal(run.status));
  useEffect(() => {
    void loadMetrics();
    void loadLogs();
  }, []);
  const counts: Record<Tab, number | undefined> = {
    details: undefined,
    metrics: Object.keys(run.metrics).length || undefined,
    logs: files.data?.length || undefined,
  };
  useKeys({
    "1": { does: "Details", run: () => navigate(runPath(run.run_id)) },
    "2": { does: "Metrics", run: () => navigate(runPath(run.run_id, "metrics")) },
    "3": { does: "Outputs + logs", run: () => navigate(runPath(run.run_id, "logs")) },
  });
  const pages: Record<Tab, ReactNode> = {
    details: <Details run={run} />,
    metrics: <Metrics run={run} />,
    logs: <Logs run={run} files={files.data ?? []} pending={files.isPending} />,
  };
  return (
    <>
      <RunHead run={run} />
      <nav className="tabs" aria-label="Run">
        {Object.entries(TABS).map(([key, { label, path }]) => (
          <Link key={key} href={runPath(run.run_id, path)} aria-current={key === tab ? "page" : undefined}>
            {label}
            {counts[key as Tab] !== undefined && <span className="n">{count(counts[key as Tab] ?? 0)}</span>}
          </Link>
        ))}
      </nav>
      <Suspense>{pages[tab]}</Suspense>
    </>
  );
}
