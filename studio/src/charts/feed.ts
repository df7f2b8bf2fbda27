/** Points of the stream, gathered and handed on at most four times a second. */
import type { Point } from "../api/types";

export const PAINT_MS = 250;

type Listener = (points: Record<string, Point[]>) => void;

export class Feed {
  private waiting: Record<string, Point[]> = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastMs = 0;
  private readonly listeners = new Set<Listener>();

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  push(points: Record<string, Point[]>): void {
    for (const [name, list] of Object.entries(points)) {
      const before = this.waiting[name];
      if (before) before.push(...list);
      else this.waiting[name] = [...list];
    }
    const wait = Math.max(0, this.lastMs + PAINT_MS - Date.now());
    this.timer ??= setTimeout(() => this.flush(), wait);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private flush(): void {
    this.timer = undefined;
    this.lastMs = Date.now();
    const points = this.waiting;
    this.waiting = {};
    for (const listener of [...this.listeners]) listener(points);
  }
}
