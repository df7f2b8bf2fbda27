/** The rows of a runs table: windows of the server's list, kept current by the stream without moving a row. */
import { type QueryClient, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { get } from "../../api/client";
import { useTopic } from "../../api/live";
import { fetchRunPage, mergeRun, PAGE, type RunFilter, runPageKey } from "../../api/queries";
import type { Run, RunPage } from "../../api/types";
import { RUNNING } from "../../ui/status";

const VALUES_EVERY_MS = 3000;

export interface RunRows {
  total: number;
  row: (index: number) => Run | undefined;
  loaded: Run[];
  pending: boolean;
  error: Error | null;
  /** Runs that came since the rows were read; they wait until asked for. */
  fresh: number;
  showFresh: () => void;
}

/** Replace a run in every cached window; tells whether any had it. */
export function patchRun(client: QueryClient, run: Run): boolean {
  let found = false;
  for (const [key, page] of client.getQueriesData<RunPage>({ queryKey: ["runs"] })) {
    if (!page?.runs.some((one) => one.run_id === run.run_id)) continue;
    found = true;
    const runs = page.runs.map((one) => (one.run_id === run.run_id ? mergeRun(one, run) : one));
    client.setQueryData<RunPage>(key, { ...page, runs });
  }
  return found;
}

/** Whether a run of the stream belongs to what is shown; the search text is left to the server. */
export function belongs(run: Run, filter: RunFilter): boolean {
  if (filter.experiment && run.experiment !== filter.experiment && run.experiment_id !== filter.experiment)
    return false;
  return !filter.status || filter.status.split(",").includes(run.status);
}

export function useRunRows(filter: RunFilter, first: number, last: number): RunRows {
  const client = useQueryClient();
  const pages: number[] = [];
  for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) pages.push(page);
  if (!pages.includes(0)) pages.unshift(0);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: runPageKey(filter, page),
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchRunPage(filter, page, signal),
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      refetchOnMount: "always" as const,
    })),
  });
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const filterKey = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list has other new runs
  useEffect(() => setFresh(new Set()), [filterKey]);
  const showFresh = useCallback(() => {
    setFresh(new Set());
    void client.invalidateQueries({ queryKey: ["runs"] });
    void client.invalidateQueries({ queryKey: ["run-counts"] });
  }, [client]);
  const head = results[pages.indexOf(0)];
  const newestMs = Math.max(...(head?.data?.runs.map((run) => run.created_ms) ?? []), 0);
  useTopic("runs", ({ run, reset }) => {
    if (reset) return showFresh();
    if (!run) return;
    if (patchRun(client, run) || run.created_ms <= newestMs || !belongs(run, filter)) return;
    if (head?.data?.total === 0) return showFresh();
    setFresh((before) => (before.has(run.run_id) ? before : new Set(before).add(run.run_id)));
  });
  useRunningValues(
    filter,
    results.some((result) => result.data?.runs.some((run) => RUNNING.includes(run.status))),
  );
  const byPage = new Map(pages.map((page, index) => [page, results[index]?.data]));
  return {
    total: head?.data?.total ?? 0,
    row: (index) => byPage.get(Math.floor(index / PAGE))?.runs[index % PAGE],
    loaded: results.flatMap((result) => result.data?.runs ?? []),
    pending: !head?.data && !head?.error,
    error: head?.data ? null : (head?.error ?? null),
    fresh: fresh.size,
    showFresh,
  };
}

/** Last values of metrics do not come by the stream of all runs: those that run are asked for, and put in place. */
function useRunningValues(filter: RunFilter, isWanted: boolean): void {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ["running", filter.experiment ?? ""],
    queryFn: ({ signal }) =>
      get<RunPage>(
        "runs",
        { experiment: filter.experiment, status: RUNNING.join(","), offset: 0, limit: PAGE },
        signal,
      ),
    enabled: isWanted,
    refetchInterval: VALUES_EVERY_MS,
  });
  useEffect(() => {
    for (const run of data?.runs ?? []) patchRun(client, run);
  }, [client, data]);
}
