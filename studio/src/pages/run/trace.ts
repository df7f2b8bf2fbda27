/** What went wrong, read from the end of a log: the last Python traceback in it. */

export interface Trace {
  /** `ValueError: …`, the last line. */
  error: string;
  /** File and line of the user's own code, nearest to the error. */
  file: string | null;
  line: number | null;
  /** The lines of the traceback, at most 14, and the number of the last (from 1). */
  lines: string[];
  lastLine: number;
}

const MOST_LINES = 14;
const FRAME = /^\s+File "([^"]+)", line (\d+)/;
const NOT_OURS = /site-packages|dist-packages|\/lib\/python\d|<frozen|<string>/;

export function findTrace(lines: string[]): Trace | null {
  let start = -1;
  for (let i = lines.length - 1; i >= 0 && start < 0; i--)
    if (lines[i]?.startsWith("Traceback (most recent call last)")) start = i;
  if (start < 0) return null;
  let end = start + 1;
  while (end < lines.length && /^\s/.test(lines[end] ?? "")) end++;
  const error = lines[end];
  if (!error?.trim()) return null;
  let file: string | null = null;
  let line: number | null = null;
  for (const text of lines.slice(start, end)) {
    const frame = FRAME.exec(text);
    if (!frame || NOT_OURS.test(frame[1] ?? "")) continue;
    file = frame[1]?.split("/").at(-1) ?? null;
    line = Number(frame[2]);
  }
  const all = lines.slice(start, end + 1);
  return { error, file, line, lines: all.slice(-MOST_LINES), lastLine: end + 1 };
}
