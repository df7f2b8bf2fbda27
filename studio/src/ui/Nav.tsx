import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { type LiveState, useLiveState, useTopic } from "../api/live";
import { useExperiments, useFewRuns, useRunCounts, useSession } from "../api/queries";
import { useNow } from "./clock";
import { count, duration } from "./format";
import { Icon, type IconName, Mark } from "./Icon";
import { Status } from "./Status";
import { RUNNING, ranMs } from "./status";
import { runPath } from "./url";

const LIVE_WORDS: Record<LiveState, [string, string]> = {
  connecting: ["polling", "Connecting"],
  live: ["live", "Live"],
  closed: ["live", "Not following"],
  polling: ["polling", "Not live just now: asking every 2 s"],
  away: ["away", "The server does not answer"],
};

const LISTS_EVERY_MS = 1500;

/** Small lists and counts are asked for anew when runs move, at most each 1.5 s. */
function useMovingLists(): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useTopic("runs", () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      for (const key of ["few", "run-counts", "experiments"])
        void client.invalidateQueries({ queryKey: [key] });
    }, LISTS_EVERY_MS);
  });
}

export function Nav({ onHelp }: { onHelp: () => void }) {
  useMovingLists();
  const experiments = useExperiments();
  const counts = useRunCounts({});
  return (
    <nav className="nav" aria-label="Main">
      <div className="nav-brand">
        <Mark />
        <span>homerun</span>
        <Space />
      </div>
      <ul>
        <Item to="/experiments" icon="experiments" label="Experiments" n={experiments.data?.length} />
        <Item to="/runs" icon="runs" label="Runs" n={counts.data?.total} />
      </ul>
      <Running />
      <Foot onHelp={onHelp} />
    </nav>
  );
}

function Space() {
  const { data } = useSession();
  const names = data?.workspaces.map((workspace) => workspace.name) ?? [];
  if (!names.length) return null;
  return (
    <span className="nav-space still" title={names.join(", ")}>
      {names.length === 1 ? names[0] : `${names.length} workspaces`}
    </span>
  );
}

function Item({ to, icon, label, n }: { to: string; icon: IconName; label: string; n: number | undefined }) {
  const [path] = useLocation();
  const here = path.startsWith(to) || (path === "/" && to === "/experiments");
  return (
    <li>
      <Link className="nav-item" href={to} aria-current={here ? "page" : undefined} title={label}>
        <Icon name={icon} />
        <span className="label">{label}</span>
        <span className="count">{n ? count(n) : ""}</span>
      </Link>
    </li>
  );
}

/** What runs now, always in sight. */
function Running() {
  const { data } = useFewRuns(RUNNING.join(","), 5);
  const nowMs = useNow(!!data?.total);
  if (!data?.total) return null;
  return (
    <div className="nav-live">
      <h2 className="nav-head">
        Running <span>{count(data.total)}</span>
      </h2>
      <ul>
        {data.runs.map((run) => (
          <li key={run.run_id}>
            <Link className="nav-item" href={runPath(run.run_id)} title={run.display_name}>
              <Status status={run.status} bare />
              <span className="label">{run.display_name}</span>
              <span className="count">{shortly(ranMs(run, nowMs))}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

function shortly(ms: number | null): string {
  if (ms === null) return "";
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : duration(ms).replace(/ min \d\d s$/, " min");
}

function Foot({ onHelp }: { onHelp: () => void }) {
  const [state, words] = LIVE_WORDS[useLiveState()];
  return (
    <div className="nav-foot">
      <span className="live" data-state={state} role="status">
        {words}
      </span>
      <button
        type="button"
        className="btn icon quiet small"
        aria-label="Switch theme"
        title="Switch theme"
        data-theme-toggle
      >
        <Icon name="theme" />
      </button>
      <button
        type="button"
        className="btn quiet small icon"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={onHelp}
      >
        ?
      </button>
    </div>
  );
}
