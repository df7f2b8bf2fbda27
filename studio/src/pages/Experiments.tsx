import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Link, useLocation } from "wouter";
import { useTopic } from "../api/live";
import { useExperiments, useFewRuns } from "../api/queries";
import type { Experiment, Run } from "../api/types";
import { useNow } from "../ui/clock";
import { Frame } from "../ui/Frame";
import { ago, count, time, utc } from "../ui/format";
import { Icon } from "../ui/Icon";
import { Keys } from "../ui/Keys";
import { useKeys } from "../ui/keys";
import { Problem } from "../ui/Problem";
import { useRows } from "../ui/rows";
import { Skeleton } from "../ui/Skeleton";
import { Status } from "../ui/Status";
import { sinceMs, WAITING, word } from "../ui/status";
import { experimentPath, runPath, useQueryState } from "../ui/url";
import { Hello } from "./Hello";

const DAY_MS = 86_400_000;

export function Experiments() {
  const experiments = useExperiments();
  const client = useQueryClient();
  useTopic("runs", () => {
    if (!client.getQueryData<Experiment[]>(["experiments"])?.some((one) => one.run_count > 0))
      void client.invalidateQueries();
  });
  const list = experiments.data;
  const isEmpty = list !== undefined && !list.some((one) => one.run_count > 0);
  return (
    <Frame title="Experiments" crumbs={[{ label: "Experiments" }]}>
      {experiments.error && !list && <Problem page error={experiments.error} retry={experiments.refetch} />}
      {experiments.isPending && <Skeleton />}
      {isEmpty && <Hello />}
      {list && !isEmpty && <ExperimentList list={list} />}
    </Frame>
  );
}

function ExperimentList({ list }: { list: Experiment[] }) {
  const [query, change] = useQueryState();
  const find = useRef<HTMLInputElement>(null);
  const q = query.get("q") ?? "";
  const shown = list
    .filter((one) => one.name.toLowerCase().includes(q.toLowerCase()))
    .sort((a, b) => (b.last_run_ms ?? b.created_ms) - (a.last_run_ms ?? a.created_ms));
  return (
    <>
      <div className="head">
        <div className="head-title">
          <h1>Experiments</h1>
          <span className="mute">{count(list.length)}</span>
        </div>
      </div>
      <Attention />
      <div className="tools">
        <label className="field w-find">
          <Icon name="search" />
          <span className="vh">Search experiments</span>
          <input
            ref={find}
            type="text"
            placeholder="Search experiments"
            value={q}
            onChange={(event) => change({ q: event.target.value })}
          />
          <Keys keys="/" />
        </label>
      </div>
      <ExperimentTable list={shown} focusFind={() => find.current?.focus()} />
      {!shown.length && (
        <div className="body">
          <div className="empty">
            <h2>No experiment matches</h2>
            <p>
              {count(list.length)} do without <span className="mono">{q}</span>.
            </p>
            <button type="button" className="btn" onClick={() => change({ q: null })}>
              Take that term out
            </button>
          </div>
        </div>
      )}
    </>
  );
}

function ExperimentTable({ list, focusFind }: { list: Experiment[]; focusFind: () => void }) {
  const [, navigate] = useLocation();
  const at = useRows(list.length, (row) => {
    const one = list[row];
    if (one) navigate(experimentPath(one.name));
  });
  useKeys({ "/": { does: "Search experiments", run: focusFind } });
  const nowMs = useNow(false);
  if (!list.length) return null;
  return (
    <div className="tbl-wrap" tabIndex={0} role="region" aria-label="Experiments">
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col" className="first">
              Name
            </th>
            <th scope="col" className="num">
              Runs
            </th>
            <th scope="col">Last run</th>
            <th scope="col">Status</th>
            <th scope="col" aria-sort="descending">
              Started ↓
            </th>
            <th scope="col" className="last wide">
              Last runs, oldest first
            </th>
          </tr>
        </thead>
        <tbody>
          {list.map((one, row) => (
            <tr key={one.id} className={row === at ? "is-at" : undefined}>
              <td className="first">
                <Link className="name" href={experimentPath(one.name)}>
                  {one.name}
                </Link>
              </td>
              <td className="num">{count(one.run_count)}</td>
              <td className="soft">
                {one.last_run_id ? (
                  <Link href={runPath(one.last_run_id)}>{one.last_run_name}</Link>
                ) : (
                  <span className="none">–</span>
                )}
              </td>
              <td>{one.last_run_status && <Status status={one.last_run_status} />}</td>
              <td className="soft" title={utc(one.last_run_ms)}>
                {time(one.last_run_ms, nowMs)}
              </td>
              <td className="last">
                <Strip recent={one.recent} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STRIP: Record<string, string> = {
  Completed: "c",
  Failed: "f",
  Canceled: "x",
  Running: "r",
  Starting: "r",
  Finalizing: "r",
  NotResponding: "f",
};

/** The last runs' statuses as bars: failed ones stand out, canceled ones are low. */
function Strip({ recent }: { recent: string[] }) {
  const tally = new Map<string, number>();
  for (const status of recent) tally.set(status, (tally.get(status) ?? 0) + 1);
  const words = [...tally].map(([status, n]) => `${n} ${word(status).toLowerCase()}`).join(", ");
  return (
    <span className="strip" role="img" aria-label={`last ${recent.length} runs: ${words}`} title={words}>
      {recent.map((status, index) => (
        <i key={index} className={STRIP[status] ?? "q"} />
      ))}
    </span>
  );
}

/** What needs a look and what waits come before the list, and only if there is any. */
function Attention() {
  const failed = useFewRuns("Failed,NotResponding", 4);
  const waiting = useFewRuns(WAITING.join(","), 4);
  const nowMs = useNow(!!waiting.data?.runs.length);
  const bad = (failed.data?.runs ?? []).filter((run) => nowMs - (run.ended_ms ?? nowMs) < DAY_MS);
  const queue = waiting.data?.runs ?? [];
  if (!bad.length && !queue.length) return null;
  return (
    <div className="body first-row">
      <div className="grid-2">
        {bad.length > 0 && (
          <Lines
            title="Needs a look"
            more="last 24 h"
            runs={bad}
            end={(run) => time(run.ended_ms, nowMs)}
            why={whyFailed}
          />
        )}
        {queue.length > 0 && (
          <Lines
            title="Waiting"
            more={`${count(waiting.data?.total ?? queue.length)} runs`}
            runs={queue}
            end={(run) => ago(nowMs - sinceMs(run))}
            why={(run) => run.reason ?? ""}
          />
        )}
      </div>
    </div>
  );
}

/** The exception comes first: the end of a line may be cut. */
const whyFailed = (run: Run): string =>
  (run.error?.message ?? run.reason ?? "").replace(/^The script ended with exit code \d+: /, "");

function Lines({
  title,
  more,
  runs,
  end,
  why,
}: {
  title: string;
  more: string;
  runs: Run[];
  end: (run: Run) => string;
  why: (run: Run) => string;
}) {
  return (
    <section>
      <div className="section-head">
        <h2>{title}</h2>
        <span className="more">{more}</span>
      </div>
      <ul className="lines">
        {runs.map((run) => (
          <li key={run.run_id}>
            <Status status={run.status} bare />
            <Link href={runPath(run.run_id)}>{run.display_name}</Link>
            <span className="mute clip" title={why(run)}>
              {why(run)}
            </span>
            <span className="end mute tiny">{end(run)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
