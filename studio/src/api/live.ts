/**
 * The one stream of a tab. Closed while the tab is hidden (a browser allows six connections to a host over
 * all its tabs), resumed from the cursors; when no stream can be had the same endpoint is asked every 2 s.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { ApiError, apiUrl, get, request } from "./client";
import { readEvents } from "./sse";
import type { StreamBatch, StreamEvent } from "./types";

/** `polling`: no stream, but answers. `away`: no answer at all. */
export type LiveState = "connecting" | "live" | "polling" | "away" | "closed";
export type Handler = (event: StreamEvent) => void;

const SILENCE_MS = 30_000;
const POLL_MS = 2_000;
const POLLS_BEFORE_STREAM = 5;
const SETTLE_MS = 30;

/** The query of the stream's address: topics, and where to resume each that has been heard. */
export function streamQuery(topics: string[], cursors: Map<string, string>): Record<string, string> {
  const since: Record<string, string> = {};
  for (const topic of topics) {
    const cursor = cursors.get(topic);
    if (cursor !== undefined) since[topic] = cursor;
  }
  const query: Record<string, string> = { topics: topics.join(",") };
  if (Object.keys(since).length) query.since = JSON.stringify(since);
  return query;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export class Live {
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly cursors = new Map<string, string>();
  private readonly watchers = new Set<() => void>();
  private current: AbortController | undefined;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private missed = false;
  state: LiveState = "closed";
  /** When the last event came, by this machine's clock. */
  changedMs: number | null = null;

  constructor() {
    document.addEventListener("visibilitychange", () => this.restart());
  }

  /** Hear of a topic. `since` is where to begin; without it the stream begins now. */
  subscribe(topic: string, handler: Handler, since?: string): () => void {
    let set = this.handlers.get(topic);
    if (!set) {
      set = new Set();
      this.handlers.set(topic, set);
      if (since !== undefined) this.cursors.set(topic, since);
      this.restart();
    }
    set.add(handler);
    return () => this.unsubscribe(topic, handler);
  }

  private unsubscribe(topic: string, handler: Handler): void {
    const set = this.handlers.get(topic);
    if (!set?.delete(handler) || set.size) return;
    this.handlers.delete(topic);
    this.cursors.delete(topic);
    this.restart();
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Stop for good what runs and begin anew with the topics of now; several calls make one. */
  private restart(): void {
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.current?.abort();
      this.current = undefined;
      if (document.visibilityState === "hidden" || this.handlers.size === 0) {
        this.missed ||= document.visibilityState === "hidden";
        this.show("closed");
        return;
      }
      this.current = new AbortController();
      void this.run(this.current.signal);
    }, SETTLE_MS);
  }

  private async run(signal: AbortSignal): Promise<void> {
    if (this.state === "closed") this.show("connecting");
    while (!signal.aborted) {
      const began = Date.now();
      const heard = await this.stream(signal);
      if (signal.aborted) return;
      if (heard && Date.now() - began > 1000) continue;
      await this.poll(signal);
    }
  }

  /** Follow the stream until it ends; tells whether it was ever open. */
  private async stream(outer: AbortSignal): Promise<boolean> {
    const inner = new AbortController();
    const stop = () => inner.abort();
    outer.addEventListener("abort", stop);
    let watch = setTimeout(stop, SILENCE_MS);
    const sign = () => {
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE_MS);
    };
    let open = false;
    try {
      const url = apiUrl("stream", streamQuery([...this.handlers.keys()], this.cursors));
      const response = await request(url, { signal: inner.signal, headers: { Accept: "text/event-stream" } });
      if (!response.body) return false;
      open = true;
      this.opened();
      await readEvents(response.body, (data) => this.take(JSON.parse(data)), sign);
    } catch {
      // An ended stream is the ordinary case; the loop decides what follows.
    } finally {
      clearTimeout(watch);
      outer.removeEventListener("abort", stop);
    }
    return open;
  }

  private async poll(signal: AbortSignal): Promise<void> {
    for (let turn = 0; turn < POLLS_BEFORE_STREAM && !signal.aborted; turn++) {
      try {
        const query = streamQuery([...this.handlers.keys()], this.cursors);
        this.take(await get<StreamBatch>("stream", query, signal));
        this.show("polling");
      } catch (error) {
        if (signal.aborted) return;
        this.show("away");
        this.missed = true;
        if (error instanceof ApiError && error.status === 401) return void (await pause(60_000, signal));
      }
      await pause(POLL_MS, signal);
    }
  }

  /** After an absence, topics without a cursor cannot resume: whoever hears them asks anew. */
  private opened(): void {
    this.show("live");
    if (!this.missed) return;
    this.missed = false;
    for (const topic of this.handlers.keys()) {
      if (!this.cursors.has(topic)) this.tell({ topic, reset: true });
    }
  }

  private take(batch: StreamBatch): void {
    const events = batch.events ?? [];
    // What a topic says first is how things stand, not that they changed.
    const isNews = events.some((event) => this.cursors.has(event.topic));
    for (const [topic, cursor] of Object.entries(batch.cursors ?? {})) {
      if (this.handlers.has(topic)) this.cursors.set(topic, cursor);
    }
    if (isNews) this.changedMs = Date.now();
    for (const event of events) this.tell(event);
    if (isNews) for (const watcher of this.watchers) watcher();
  }

  private tell(event: StreamEvent): void {
    for (const handler of [...(this.handlers.get(event.topic) ?? [])]) handler(event);
  }

  private show(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}

export const live = new Live();

export function useLiveState(): LiveState {
  return useSyncExternalStore(live.watch, () => live.state);
}

export function useChangedMs(): number | null {
  return useSyncExternalStore(live.watch, () => live.changedMs);
}

/** Hear of a topic while mounted; the handler may change without a new subscription. */
export function useTopic(topic: string | null, handler: Handler): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    if (topic === null) return;
    return live.subscribe(topic, (event) => latest.current(event));
  }, [topic]);
}
