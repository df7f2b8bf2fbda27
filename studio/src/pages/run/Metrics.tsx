import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTopic } from "../../api/live";
import { useMetrics } from "../../api/queries";
import type { MetricSummary, Point, Run } from "../../api/types";
import { Feed } from "../../charts/feed";
import type { Axis } from "../../charts/series";
import { useNow } from "../../ui/clock";
import { count, duration } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Keys } from "../../ui/Keys";
import { useKeys } from "../../ui/keys";
import { Problem } from "../../ui/Problem";
import { Skeleton } from "../../ui/Skeleton";
import { isFinal, isWaiting, ranMs } from "../../ui/status";
import { useQueryState } from "../../ui/url";
import { MetricChart } from "./MetricChart";
import { type ChartView, colourOf, isDrawn, readView, sections } from "./metricView";
import { Values } from "./Values";

/** All metrics of a run as charts, in sections by the first part of their names. */
export function Metrics({ run }: { run: Run }) {
  const metrics = useMetrics(run.run_id);
  const [query, change] = useQueryState();
  const feed = useFeed(run);
  const view = readView(query);
  const filter = query.get("filter") ?? "";
  const all = Object.values(metrics.data ?? {});
  const shown = all.filter((one) => one.name.toLowerCase().includes(filter.toLowerCase()));
  if (metrics.error && !metrics.data) return <Problem error={metrics.error} retry={metrics.refetch} />;
  if (metrics.isPending) return <Skeleton />;
  if (!all.length) return <NoMetrics run={run} />;
  const onZoom = (zoom: readonly [number, number] | null) =>
    change({
      from: zoom ? String(+zoom[0].toPrecision(8)) : null,
      to: zoom ? String(+zoom[1].toPrecision(8)) : null,
    });
  return (
    <>
      <Tools query={query} change={change} view={view} />
      <div className="body tight" tabIndex={0} role="region" aria-label="Charts">
        {sections(shown).map(([name, list]) => (
          <Section key={name} name={name} n={list.length}>
            <div className={`charts cols-${view.columns}`}>
              {list.map((one) => (
                <MetricChart
                  key={one.name}
                  run={run}
                  summary={one}
                  feed={feed}
                  view={view}
                  colour={colourOf(one.name)}
                  onZoom={onZoom}
                />
              ))}
            </div>
          </Section>
        ))}
        <Others run={run} list={shown.filter((one) => !isDrawn(one))} />
        {!shown.length && (
          <div className="empty">
            <h2>No metric matches</h2>
            <p>
              {count(all.length)} do without <span className="mono">{filter}</span>.
            </p>
            <button type="button" className="btn" onClick={() => change({ filter: null })}>
              Take that term out
            </button>
          </div>
        )}
      </div>
    </>
  );
}

/** Points of the stream, gathered for the charts; last values go into the cache as they are painted. */
function useFeed(run: Run): Feed {
  const client = useQueryClient();
  const feed = useMemo(() => new Feed(), []);
  useTopic(isFinal(run.status) ? null : `run:${run.run_id}:metrics`, ({ points, reset }) => {
    if (points) feed.push(points);
    if (reset) {
      void client.invalidateQueries({ queryKey: ["metrics", run.run_id] });
      void client.invalidateQueries({ queryKey: ["series", run.run_id] });
    }
  });
  useEffect(() => {
    const stop = feed.listen((points) => {
      const key = ["metrics", run.run_id];
      const before = client.getQueryData<Record<string, MetricSummary>>(key);
      if (!before) return;
      if (Object.keys(points).some((name) => !before[name])) void client.invalidateQueries({ queryKey: key });
      client.setQueryData(key, withLast(before, points));
    });
    return () => {
      stop();
      feed.stop();
    };
  }, [client, feed, run.run_id]);
  // The last points may come with the run's end: ask once more then.
  const over = isFinal(run.status);
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: ["metrics", run.run_id] });
    if (over) void client.invalidateQueries({ queryKey: ["series", run.run_id] });
  }, [client, over, run.run_id]);
  return feed;
}

function withLast(
  before: Record<string, MetricSummary>,
  points: Record<string, Point[]>,
): Record<string, MetricSummary> {
  const after = { ...before };
  for (const [name, list] of Object.entries(points)) {
    const one = after[name];
    const last = list.at(-1);
    if (one && last)
      after[name] = {
        ...one,
        step: last[0],
        time_ms: last[1],
        value: last[2],
        count: one.count + list.length,
      };
  }
  return after;
}

function Section({ name, n, children }: { name: string; n: number; children: React.ReactNode }) {
  const [open, setOpen] = useState(true);
  return (
    <section>
      <h2>
        <button type="button" className="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="chevron" small />
          {name}
          <span className="n">{count(n)}</span>
        </button>
      </h2>
      {open && children}
    </section>
  );
}

function Others({ run, list }: { run: Run; list: MetricSummary[] }) {
  if (!list.length) return null;
  return (
    <Section name="lists and tables" n={list.length}>
      <div className="charts">
        {list.map((one) => (
          <Values key={one.name} runId={run.run_id} summary={one} />
        ))}
      </div>
    </Section>
  );
}

const AXES: [Axis, string][] = [
  ["step", "Step"],
  ["relative", "Relative"],
  ["clock", "Clock"],
];

function Tools({
  query,
  change,
  view,
}: {
  query: URLSearchParams;
  change: (changes: Record<string, string | null>) => void;
  view: ChartView;
}) {
  const filter = useRef<HTMLInputElement>(null);
  const smooth = (value: number) => change({ smooth: value > 0 ? String(value) : null });
  const log = () => change({ log: view.log ? null : "1" });
  useKeys({
    "/": { does: "Filter metrics by name", run: () => filter.current?.focus() },
    s: { does: "Smoothing on or off", run: () => smooth(view.smoothing ? 0 : 0.85) },
    y: { does: "Log scale", run: log },
  });
  return (
    <div className="tools ruled">
      <label className="field w-short">
        <Icon name="filter" />
        <span className="vh">Filter by name</span>
        <input
          ref={filter}
          type="text"
          placeholder="Filter"
          value={query.get("filter") ?? ""}
          onChange={(event) => change({ filter: event.target.value })}
        />
        <Keys keys="/" />
      </label>
      <fieldset className="seg" aria-label="X axis">
        {AXES.map(([axis, label]) => (
          <button
            key={axis}
            type="button"
            aria-pressed={view.axis === axis}
            onClick={() => change({ x: axis === "step" ? null : axis, from: null, to: null })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <label className="opt">
        <span>Smooth</span>
        <input
          type="range"
          className="range"
          min="0"
          max="0.99"
          step="0.01"
          value={view.smoothing}
          onChange={(event) => smooth(Number(event.target.value))}
        />
        <span className="val-w">{view.smoothing.toFixed(2)}</span>
      </label>
      <label className="opt">
        <input type="checkbox" className="switch" checked={view.log} onChange={log} />
        Log y
      </label>
      <label className="opt">
        <input
          type="checkbox"
          className="switch"
          checked={view.sync}
          onChange={() => change({ sync: view.sync ? "0" : null })}
        />
        Sync cursor
      </label>
      <div className="end">
        {view.zoom && (
          <button type="button" className="btn small" onClick={() => change({ from: null, to: null })}>
            Whole range
          </button>
        )}
        <fieldset className="seg hide-narrow" aria-label="Columns">
          {["1", "2", "3", "4"].map((n) => (
            <button
              key={n}
              type="button"
              aria-pressed={String(view.columns) === n}
              onClick={() => change({ columns: n === "3" ? null : n })}
            >
              {n}
            </button>
          ))}
        </fieldset>
      </div>
    </div>
  );
}

function NoMetrics({ run }: { run: Run }) {
  const over = isFinal(run.status);
  const ran = ranMs(run, useNow(!over));
  return (
    <div className="body">
      <div className="empty">
        <h2>{over ? "This run logged no metrics" : "No metrics yet"}</h2>
        <p>
          {isWaiting(run.status)
            ? "The script has not started."
            : over
              ? `It ran for ${duration(ran)}.`
              : `The script has been running for ${duration(ran)}.`}{" "}
          They appear here when it calls <span className="mono">run.log</span>.
        </p>
      </div>
    </div>
  );
}
