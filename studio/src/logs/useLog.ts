/** A text file of a run: what there is by ranges, then what comes by the stream. */
import { useCallback, useEffect, useRef, useState } from "react";
import { readSlice } from "../api/client";
import { live } from "../api/live";
import type { StreamEvent } from "../api/types";
import { LogBuffer } from "./buffer";

/** A file up to this size is read whole; of a larger one the end. */
const WHOLE_BYTES = 4_000_000;
const PART_BYTES = 1_000_000;
const PAINT_MS = 100;

export interface Log {
  buffer: LogBuffer;
  /** Counts up whenever the buffer changed. */
  version: number;
  /** Bytes before what is shown; 0 when all is here. */
  missing: number;
  size: number;
  pending: boolean;
  error: Error | null;
  isBinary: boolean;
  loadMore: () => void;
}

interface Held {
  buffer: LogBuffer;
  bytes: Uint8Array;
  start: number;
  end: number;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Bytes of UTF-8 up to the last whole line, where the slice does not begin at the file's beginning. */
function fromWholeLine(bytes: Uint8Array, start: number): { bytes: Uint8Array; start: number } {
  if (start === 0) return { bytes, start };
  const cut = bytes.indexOf(10) + 1;
  return { bytes: bytes.subarray(cut), start: start + cut };
}

function hold(bytes: Uint8Array, start: number): Held {
  const buffer = new LogBuffer();
  buffer.append(decode(bytes));
  return { buffer, bytes, start, end: start + bytes.length };
}

async function readEnd(runId: string, path: string): Promise<Held> {
  const head = await readSlice(runId, path, -PART_BYTES);
  if (head.start > 0 && head.total <= WHOLE_BYTES) return hold((await readSlice(runId, path, 0)).bytes, 0);
  const { bytes, start } = fromWholeLine(head.bytes, head.start);
  return hold(bytes, start);
}

async function readMore(runId: string, path: string, held: Held): Promise<Held> {
  const from = Math.max(0, held.start - 4 * PART_BYTES);
  const slice = await readSlice(runId, path, from, held.start);
  const { bytes, start } = fromWholeLine(slice.bytes, from);
  const joined = new Uint8Array(bytes.length + held.bytes.length);
  joined.set(bytes);
  joined.set(held.bytes, bytes.length);
  return hold(joined, start);
}

/** Take text of the stream that begins where the held text ends; false when something between is missing. */
function take(held: Held, offset: number, text: string): boolean {
  if (offset > held.end) return false;
  const bytes = new TextEncoder().encode(text);
  const fresh = offset < held.end ? bytes.subarray(held.end - offset) : bytes;
  if (!fresh.length) return true;
  held.buffer.append(offset < held.end ? decode(fresh) : text);
  held.end += fresh.length;
  return true;
}

/**
 * `size`: what the list of files says of it when it is opened; nothing is asked of a file that is empty, or
 * of one that is not there yet (undefined): its text comes by the stream.
 */
export function useLog(runId: string, path: string, isLive: boolean, size: number | undefined): Log {
  const [version, setVersion] = useState(0);
  const [state, setState] = useState<{ held: Held | null; error: Error | null }>({ held: null, error: null });
  const held = useRef<Held | null>(null);
  const firstSize = useRef(size);
  firstSize.current = size;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const paint = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setVersion((before) => before + 1);
    }, PAINT_MS);
  }, []);

  const put = useCallback((next: Held) => {
    held.current = next;
    setState({ held: next, error: null });
    setVersion((before) => before + 1);
  }, []);

  useEffect(() => {
    let gone = false;
    let stop: (() => void) | undefined;
    held.current = null;
    setState({ held: null, error: null });
    const onEvent = (event: StreamEvent) => {
      const now = held.current;
      if (gone || !now) return;
      if (event.text !== undefined && event.offset !== undefined && take(now, event.offset, event.text))
        return paint();
      void readEnd(runId, path).then(
        (next) => gone || put(next),
        () => {},
      );
    };
    const opened = firstSize.current ? readEnd(runId, path) : Promise.resolve(hold(new Uint8Array(), 0));
    opened
      .then((first) => {
        if (gone) return;
        put(first);
        if (isLive) stop = live.subscribe(`run:${runId}:log:${path}`, onEvent, String(first.end));
      })
      .catch((error) => gone || setState({ held: null, error }));
    return () => {
      gone = true;
      stop?.();
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [runId, path, isLive, paint, put]);

  const loadMore = useCallback(() => {
    const now = held.current;
    if (!now?.start) return;
    readMore(runId, path, now).then(
      (next) => {
        const late = held.current;
        if (late && late.end > next.end) return void readEnd(runId, path).then(put);
        put(next);
      },
      (error) => setState({ held: now, error }),
    );
  }, [runId, path, put]);

  const now = state.held;
  return {
    buffer: now?.buffer ?? new LogBuffer(),
    version,
    missing: now?.start ?? 0,
    size: now?.end ?? 0,
    pending: !now && !state.error,
    error: state.error,
    isBinary: now ? now.bytes.subarray(0, 8000).includes(0) : false,
    loadMore,
  };
}
