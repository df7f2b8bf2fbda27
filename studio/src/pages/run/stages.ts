/** The stage line of a run: what it passed, where it is, what lies ahead. */
import type { Run } from "../../api/types";
import { duration, time } from "../../ui/format";
import { isFinal, word } from "../../ui/status";

export interface Stage {
  label: string;
  state: "done" | "here" | "next" | "failed";
  small: string;
}

const ORDER = ["Preparing", "Queued", "Starting", "Running", "Finalizing"];
const AS_RUNNING = new Set(["CancelRequested", "NotResponding"]);

/** Milliseconds spent in each status so far. */
export function spent(run: Run, nowMs: number): Map<string, number> {
  const found = new Map<string, number>();
  run.transitions.forEach(({ status, at_ms }, index) => {
    const until = run.transitions[index + 1]?.at_ms ?? (isFinal(status) ? at_ms : nowMs);
    found.set(status, (found.get(status) ?? 0) + until - at_ms);
  });
  return found;
}

/** The stages of a run in order, the one it is at (or ended in) among them. */
export function stages(run: Run, nowMs: number): Stage[] {
  const times = spent(run, nowMs);
  return isFinal(run.status) ? overStages(run, times, nowMs) : liveStages(run, times);
}

function passed(name: string, times: Map<string, number>): Stage {
  const ms = times.get(name);
  const small = ms === undefined ? (name === "Preparing" ? "no build needed" : "") : duration(ms);
  return { label: name, state: "done", small };
}

function liveStages(run: Run, times: Map<string, number>): Stage[] {
  const now = AS_RUNNING.has(run.status) ? "Running" : run.status;
  const at = Math.max(ORDER.indexOf(now), 0);
  const line = ORDER.map((name, index): Stage => {
    if (index < at) return passed(name, times);
    if (index > at) return { label: name, state: "next", small: "" };
    return { label: word(run.status), state: "here", small: duration(times.get(run.status) ?? 0) };
  });
  return [...line, { label: "Completed", state: "next", small: "" }];
}

/** Only what was passed, then the end. */
function overStages(run: Run, times: Map<string, number>, nowMs: number): Stage[] {
  const line = ORDER.filter((name) => times.has(name) || name === "Preparing").map((name) =>
    passed(name, times),
  );
  const state = run.status === "Failed" ? "failed" : "done";
  return [...line, { label: word(run.status), state, small: time(run.ended_ms, nowMs) }];
}
