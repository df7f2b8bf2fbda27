/** One scalar metric: read thinned, continued by the stream, read again when the continuation is not exact. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { fetchSeries } from "../../api/queries";
import type { MetricSummary, Point, Run } from "../../api/types";
import type { Feed } from "../../charts/feed";
import { LineChart } from "../../charts/LineChart";
import { append, serverAxis, toColumns } from "../../charts/series";
import { isFinal } from "../../ui/status";
import type { ChartView } from "./metricView";

/** About one bucket for each pixel of a chart; what lies between shows as the band. */
const BUCKETS = [1200, 1200, 600, 400, 300];
/** A continued line is read again this often while points come: soon where it is thinned, late where it is exact. */
const SOON_MS = 2000;
const LATE_MS = 20_000;
const MOST_KEPT = 500;
const NO_POINTS: Point[] = [];

type SeriesKey = [kind: string, runId: string, name: string, axis: string, ...window: unknown[]];

interface Props {
  run: Run;
  summary: MetricSummary;
  feed: Feed;
  view: ChartView;
  colour: string;
  onZoom: (zoom: readonly [number, number] | null) => void;
}

/** Charts off the screen neither read nor draw. */
export function MetricChart(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const watcher = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: "120px",
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={place} className="chart-place">
      {seen && <Seen {...props} />}
    </div>
  );
}

function Seen({ run, summary, feed, view, colour, onZoom }: Props) {
  const axis = serverAxis(view.axis, summary.step !== null);
  const originMs = run.started_ms ?? run.created_ms;
  const isLive = !isFinal(run.status);
  const toServer = (x: number) => (view.axis === "relative" ? originMs + x * 1000 : x);
  const start = view.zoom ? toServer(view.zoom[0]) : undefined;
  const end = view.zoom ? toServer(view.zoom[1]) : undefined;
  const n = BUCKETS[view.columns] ?? 400;
  const key: SeriesKey = ["series", run.run_id, summary.name, axis, n, start, end];
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => fetchSeries(run.run_id, summary.name, { x: axis, start, end, n }, signal),
    placeholderData: keepPreviousData,
    staleTime: isLive ? 1000 : Number.POSITIVE_INFINITY,
  });
  const isExact = data ? !data.thinned && axis !== "index" : false;
  const kept = axis === "index" ? 0 : MOST_KEPT;
  const points = usePoints(feed, key, data, { kept, everyMs: isExact && !view.zoom ? LATE_MS : SOON_MS });
  const columns = useMemo(() => {
    if (!data) return null;
    const base = toColumns(data);
    return view.zoom ? base : append(base, points, axis);
  }, [data, points, axis, view.zoom]);
  if (error && !columns)
    return <p className="small bad">The chart could not be read. The points are safe.</p>;
  if (!columns) return null;
  return (
    <LineChart
      title={summary.name}
      columns={columns}
      axis={view.axis}
      originMs={originMs}
      log={view.log}
      smoothing={view.smoothing}
      syncKey={view.sync ? `run-${view.axis}` : null}
      colour={colour}
      isLive={isLive}
      last={summary.value}
      zoom={view.zoom}
      onZoom={onZoom}
    />
  );
}

/**
 * Points that came since the series was read, and a new reading when they have been coming for `everyMs`.
 * A reading may hold some of them already. Where x tells which, the last `kept` stay; without steps nothing
 * tells, so none stay, and a point counted twice is put right by the next reading.
 */
function usePoints(
  feed: Feed,
  key: SeriesKey,
  data: unknown,
  how: { kept: number; everyMs: number },
): Point[] {
  const client = useQueryClient();
  const [points, setPoints] = useState<Point[]>(NO_POINTS);
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [, runId, name] = key;
  const { kept, everyMs } = how;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reading holds what came before it
  useEffect(() => setPoints((before) => (kept ? before.slice(-kept) : NO_POINTS)), [data, kept]);
  useEffect(() => {
    const stop = feed.listen((all) => {
      const mine = all[name];
      if (!mine?.length) return;
      setPoints((before) => [...before, ...mine]);
      due.current ??= setTimeout(() => {
        due.current = undefined;
        void client.invalidateQueries({ queryKey: ["series", runId, name] });
      }, everyMs);
    });
    return () => {
      stop();
      clearTimeout(due.current);
      due.current = undefined;
    };
  }, [feed, runId, name, everyMs, client]);
  return points;
}
