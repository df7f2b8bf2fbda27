/** One clock for all durations on the page: it ticks while the tab is seen, and only if someone looks. */
import { useSyncExternalStore } from "react";

const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.visibilityState === "hidden") return;
  now = Date.now();
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  if (!timer) {
    now = Date.now();
    timer = setInterval(tick, 1000);
  }
  return () => {
    watchers.delete(watcher);
    if (!watchers.size) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const still = () => () => {};
const read = () => now;

/** The time now, each second anew; with `running` false it stands still and costs nothing. */
export function useNow(running = true): number {
  return useSyncExternalStore(running ? watch : still, read);
}
