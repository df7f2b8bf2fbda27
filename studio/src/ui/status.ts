/** What a run can be: the words, the groups of the filter chips, and which are over. */
import type { Run } from "../api/types";

export const WAITING = ["NotStarted", "Preparing", "Queued"];
export const RUNNING = ["Starting", "Running", "Finalizing"];
const FINAL = new Set(["Completed", "Failed", "Canceled"]);

const WORDS: Record<string, string> = {
  NotStarted: "Not started",
  CancelRequested: "Canceling",
  NotResponding: "Not responding",
};

export const word = (status: string): string => WORDS[status] ?? status;
export const isFinal = (status: string): boolean => FINAL.has(status);
export const isWaiting = (status: string): boolean => WAITING.includes(status);

export interface Group {
  key: string;
  label: string;
  /** The status whose mark the chip wears. */
  mark: string;
  statuses: string[];
}

export const GROUPS: Group[] = [
  { key: "running", label: "Running", mark: "Running", statuses: RUNNING },
  { key: "waiting", label: "Waiting", mark: "Queued", statuses: WAITING },
  { key: "completed", label: "Completed", mark: "Completed", statuses: ["Completed"] },
  { key: "failed", label: "Failed", mark: "Failed", statuses: ["Failed"] },
  { key: "canceled", label: "Canceled", mark: "Canceled", statuses: ["Canceled", "CancelRequested"] },
  { key: "silent", label: "Not responding", mark: "NotResponding", statuses: ["NotResponding"] },
];

export const statusesOf = (keys: string[]): string[] =>
  GROUPS.filter((group) => keys.includes(group.key)).flatMap((group) => group.statuses);

/** Since when the run is what it is, in UTC milliseconds. */
export function sinceMs(run: Run): number {
  return run.transitions.at(-1)?.at_ms ?? run.started_ms ?? run.created_ms;
}

/** How long it ran, or has run, or null before it started. */
export function ranMs(run: Run, nowMs: number): number | null {
  if (run.started_ms === null) return null;
  return (run.ended_ms ?? nowMs) - run.started_ms;
}
