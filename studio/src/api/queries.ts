/** What pages read, one hook per question. Live topics write into the same cache. */
import { keepPreviousData, QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiError, get } from "./client";
import { useTopic } from "./live";
import type {
  Artifact,
  Experiment,
  Machine,
  MetricSummary,
  MetricValues,
  Run,
  RunPage,
  Series,
  Session,
} from "./types";

const SECOND = 1000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30 * SECOND,
      refetchOnWindowFocus: true,
      retry: (failures, error) => !(error instanceof ApiError && error.status >= 400) && failures < 3,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4000),
    },
  },
});

export interface RunFilter {
  experiment?: string;
  workspace_id?: string;
  status?: string;
  q?: string;
  sort?: string;
  descending?: boolean;
}

export const PAGE = 100;

export function runPageKey(filter: RunFilter, page: number) {
  return ["runs", filter, page] as const;
}

export function fetchRunPage(filter: RunFilter, page: number, signal?: AbortSignal): Promise<RunPage> {
  return get<RunPage>("runs", { ...filter, offset: page * PAGE, limit: PAGE }, signal);
}

export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => get<Session>("session", {}, signal),
    staleTime: 60 * SECOND,
  });
}

export function useExperiments() {
  return useQuery({
    queryKey: ["experiments"],
    queryFn: async ({ signal }) =>
      (await get<{ experiments: Experiment[] }>("experiments", {}, signal)).experiments,
    refetchInterval: 30 * SECOND,
  });
}

/** A few runs of some statuses, for lists beside the main thing. */
export function useFewRuns(status: string, limit: number) {
  return useQuery({
    queryKey: ["few", status, limit],
    queryFn: ({ signal }) => get<RunPage>("runs", { status, limit, offset: 0 }, signal),
    refetchInterval: 30 * SECOND,
    placeholderData: keepPreviousData,
  });
}

/** How many match, and how many of them are in each status. */
export function useRunCounts(filter: RunFilter) {
  return useQuery({
    queryKey: ["run-counts", filter],
    queryFn: ({ signal }) => get<RunPage>("runs", { ...filter, offset: 0, limit: 1 }, signal),
    placeholderData: keepPreviousData,
    select: ({ total, statuses }: RunPage) => ({ total, statuses }),
  });
}

/** A run, kept up to date by the stream. */
export function useRun(runId: string) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["run", runId],
    queryFn: ({ signal }) => get<Run>(`runs/${encodeURIComponent(runId)}`, {}, signal),
  });
  useTopic(query.data ? `run:${runId}` : null, (event) => {
    if (event.run) client.setQueryData<Run>(["run", runId], (before) => mergeRun(before, event.run as Run));
    else void client.invalidateQueries({ queryKey: ["run", runId] });
  });
  return query;
}

/** A run as the stream sends it may be leaner than as the page asks for it. */
export function mergeRun(before: Run | undefined, after: Run): Run {
  if (!before) return after;
  return {
    ...after,
    transitions: after.transitions?.length ? after.transitions : before.transitions,
    metrics: { ...before.metrics, ...after.metrics },
  };
}

export function useFiles(runId: string, live: boolean) {
  return useQuery({
    // The last files come with the run's end: then the list is read once more.
    queryKey: ["files", runId, live],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      (await get<{ files: Artifact[] }>(`runs/${encodeURIComponent(runId)}/files`, {}, signal)).files,
    refetchInterval: live ? 3 * SECOND : false,
  });
}

export function useMetrics(runId: string) {
  return useQuery({
    queryKey: ["metrics", runId],
    queryFn: async ({ signal }) =>
      (
        await get<{ metrics: Record<string, MetricSummary> }>(
          `runs/${encodeURIComponent(runId)}/metrics`,
          {},
          signal,
        )
      ).metrics,
  });
}

export function useMetricValues(runId: string, name: string, stamp: number) {
  return useQuery({
    queryKey: ["values", runId, name, stamp],
    queryFn: async ({ signal }) =>
      (
        await get<{ metrics: Record<string, MetricValues> }>(
          `runs/${encodeURIComponent(runId)}/metrics/values`,
          { name },
          signal,
        )
      ).metrics[name],
    placeholderData: keepPreviousData,
  });
}

export interface SeriesQuery {
  x: string;
  start?: number | undefined;
  end?: number | undefined;
  n: number;
}

export function fetchSeries(
  runId: string,
  name: string,
  query: SeriesQuery,
  signal?: AbortSignal,
): Promise<Series> {
  return get<Series>(`runs/${encodeURIComponent(runId)}/metrics/series`, { name, ...query }, signal);
}

export function useMachine() {
  return useQuery({
    queryKey: ["machine"],
    queryFn: async ({ signal }) => (await get<{ machine: Machine }>("compute", {}, signal)).machine,
    staleTime: 600 * SECOND,
  });
}
