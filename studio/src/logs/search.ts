/** Finding a text in a log, and marking it in the lines that show. */
import type { Span } from "./ansi";
import type { LogBuffer } from "./buffer";

export interface Hit {
  line: number;
  start: number;
}

const MOST_HITS = 5000;

/** Where a text stands, capitals or not; at most 5,000 places. */
export function find(buffer: LogBuffer, text: string): Hit[] {
  const hits: Hit[] = [];
  const wanted = text.toLowerCase();
  if (!wanted) return hits;
  for (let line = 0; line < buffer.count && hits.length < MOST_HITS; line++) {
    const seen = buffer.text(line).toLowerCase();
    for (let at = seen.indexOf(wanted); at >= 0; at = seen.indexOf(wanted, at + wanted.length))
      hits.push({ line, start: at });
  }
  return hits;
}

export interface Marked extends Span {
  mark: "" | "hit" | "now";
}

/** Cut spans at the edges of hits. `starts` are places in the line's plain text. */
export function mark(spans: Span[], starts: number[], length: number, now: number | null): Marked[] {
  const edges = starts.flatMap((start) => [start, start + length]);
  const kind = (at: number): Marked["mark"] => {
    const inside = starts.find((start) => at >= start && at < start + length);
    if (inside === undefined) return "";
    return inside === now ? "now" : "hit";
  };
  let at = 0;
  return spans.flatMap((span) => {
    const begin = at;
    const end = at + span.text.length;
    at = end;
    const inside = edges.filter((edge) => edge > begin && edge < end);
    const cuts = [begin, ...inside, end].sort((a, b) => a - b);
    return cuts.slice(0, -1).map((from, index) => ({
      text: span.text.slice(from - begin, (cuts[index + 1] ?? end) - begin),
      look: span.look,
      mark: kind(from),
    }));
  });
}
