/** A log as lines. Text comes in pieces; a carriage return writes over the line, as in a terminal. */
import { hasEscapes, parse, plain, type Span } from "./ansi";

/** What is seen of a line with carriage returns in it: each part is written over the ones before. */
export function overwrite(line: string): string {
  if (!line.includes("\r")) return line;
  let seen = "";
  for (const part of line.split("\r")) {
    if (part === "") continue;
    const keepsRest = !hasEscapes(part) && !hasEscapes(seen) && part.length < seen.length;
    seen = keepsRest ? part + seen.slice(part.length) : part;
  }
  return seen;
}

/** The same line with one carriage return at most: what is written over may still grow. */
function shorten(line: string): string {
  const last = line.lastIndexOf("\r");
  return last < 0 ? line : `${overwrite(line.slice(0, last))}\r${line.slice(last + 1)}`;
}

export class LogBuffer {
  /** Finished lines. */
  private readonly lines: string[] = [];
  /** The line that still grows, as it came. */
  private growing = "";
  /** The look each line begins with; only kept for lines after one that left a colour open. */
  private readonly looks = new Map<number, string>();

  get count(): number {
    return this.lines.length + (this.growing === "" ? 0 : 1);
  }

  append(text: string): void {
    const parts = text.split("\n");
    const rest = parts.pop() ?? "";
    for (const part of parts) {
      this.finish(this.growing + part);
      this.growing = "";
    }
    this.growing = shorten(this.growing + rest);
  }

  private finish(line: string): void {
    const index = this.lines.length;
    const done = overwrite(line);
    this.lines.push(done);
    const before = this.looks.get(index) ?? "";
    const after = hasEscapes(done) ? parse(done, before).look : before;
    if (after) this.looks.set(index + 1, after);
  }

  private line(index: number): string {
    return this.lines[index] ?? overwrite(this.growing);
  }

  spans(index: number): Span[] {
    return parse(this.line(index), this.looks.get(index) ?? "").spans;
  }

  text(index: number): string {
    return plain(this.line(index));
  }
}
