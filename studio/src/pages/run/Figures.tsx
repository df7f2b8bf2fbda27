/** The last value of the first few metrics, each with its curve, and the last line of the log. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Link } from "wouter";
import { useTopic } from "../../api/live";
import { fetchSeries } from "../../api/queries";
import type { Artifact, MetricSummary, Run } from "../../api/types";
import { Spark } from "../../charts/Spark";
import { useLog } from "../../logs/useLog";
import { count, metric, toNumber } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { isFinal } from "../../ui/status";
import { runPath } from "../../ui/url";
import { DRIVER_LOG } from "./mainLog";

const SHOWN = 5;
const CURVE_POINTS = 60;
const CURVES_EVERY_MS = 3000;

export function Figures({ run }: { run: Run }) {
  const client = useQueryClient();
  const lastMs = useRef(0);
  const isLive = !isFinal(run.status);
  useTopic(isLive ? `run:${run.run_id}:metrics` : null, ({ points, reset }) => {
    if (points)
      client.setQueryData<Run>(["run", run.run_id], (before) => before && withPoints(before, points));
    if (!reset && Date.now() - lastMs.current < CURVES_EVERY_MS) return;
    lastMs.current = Date.now();
    void client.invalidateQueries({ queryKey: ["curve", run.run_id] });
    if (reset || isNew(run, Object.keys(points ?? {})))
      void client.invalidateQueries({ queryKey: ["run", run.run_id] });
  });
  const scalars = Object.values(run.metrics).filter((one) => one.kind === "scalar");
  if (!scalars.length) return null;
  const rest = Object.keys(run.metrics).length - Math.min(scalars.length, SHOWN);
  return (
    <section className="section" aria-label="Last values">
      <div className="figures">
        {scalars.slice(0, SHOWN).map((one) => (
          <Figure key={one.name} runId={run.run_id} summary={one} isLive={isLive} />
        ))}
      </div>
      {rest > 0 && (
        <p className="tiny mt">
          <Link className="link" href={runPath(run.run_id, "metrics")}>
            {count(rest)} more
          </Link>
        </p>
      )}
    </section>
  );
}

const isNew = (run: Run, names: string[]): boolean => names.some((name) => !run.metrics[name]);

/** The run with the newest points as its last values. */
export function withPoints(run: Run, points: Record<string, [number | null, number, unknown][]>): Run {
  const metrics = { ...run.metrics };
  for (const [name, list] of Object.entries(points)) {
    const before = metrics[name];
    const last = list.at(-1);
    if (before && last)
      metrics[name] = {
        ...before,
        step: last[0],
        time_ms: last[1],
        value: last[2],
        count: before.count + list.length,
      };
  }
  return { ...run, metrics };
}

function Figure({ runId, summary, isLive }: { runId: string; summary: MetricSummary; isLive: boolean }) {
  const { name, value, step, count: points } = summary;
  const { data } = useQuery({
    queryKey: ["curve", runId, name],
    queryFn: ({ signal }) => fetchSeries(runId, name, { x: "index", n: CURVE_POINTS }, signal),
    enabled: points > 1,
    staleTime: isLive ? 2000 : Number.POSITIVE_INFINITY,
  });
  const values = data?.y.map((one) => {
    const number = toNumber(one);
    return Number.isFinite(number) ? number : null;
  });
  return (
    <div className="figure">
      <div className="k">
        <span className="clip" title={name}>
          {name}
        </span>
        <span>{step !== null && points > 1 ? `step ${count(step)}` : ""}</span>
      </div>
      <div className="v">{metric(value)}</div>
      {values && values.length > 1 ? <Spark values={values} on={isLive} /> : <div className="spark" />}
    </div>
  );
}

/** The newest line the script wrote, moving as it writes. */
export function LastLine({ run, file }: { run: Run; file: Artifact | undefined }) {
  return file ? <Line key={file.path} run={run} file={file} /> : null;
}

function Line({ run, file }: { run: Run; file: Artifact }) {
  const { buffer, pending } = useLog(run.run_id, file.path, !isFinal(run.status), file.size);
  let last = buffer.count - 1;
  while (last > 0 && !buffer.text(last).trim()) last--;
  const text = pending ? "" : buffer.text(last);
  return (
    <section className="section mt-l" aria-label="Last log line">
      <div className="quote">
        <Icon name="log" />
        <code className="mono" title={text}>
          {pending ? "" : text || "Nothing written yet."}
        </code>
        <span className="mute tiny nowrap hide-narrow">{file.path === DRIVER_LOG ? "" : "build log"}</span>
        <Link className="link nowrap" href={runPath(run.run_id, "logs")}>
          Open log
        </Link>
      </div>
    </section>
  );
}
