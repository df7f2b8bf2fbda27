/** A log as lines. Text comes in pieces; a carriage return writes over the line, as in a terminal. */
import { hasEscapes, parse, plain } from "./ansi";

/** What is seen of a line with carriage returns in it. One at the very end may be half of a line's end, and stays. */
export function overwrite(line: string): string {
  if (!line.includes("\r")) return line;
  const open = line.endsWith("\r") ? "\r" : "";
  let seen = "";
  for (const part of line.split("\r")) {
    if (part === "") continue;
    const keepsRest = !hasEscapes(part) && !hasEscapes(seen) && part.length < seen.length;
    seen = keepsRest ? part + seen.slice(part.length) : part;
  }
  return seen + open;
}

export class LogBuffer {
  /** Finished lines, and as the last one the line that still grows. */
  lines: string[] = [""];
  /** The look each line begins with; only kept for lines after one that left a colour open. */
  private readonly looks = new Map<number, string>();

  get count(): number {
    const last = this.lines.length - 1;
    return this.lines[last] === "" ? last : last + 1;
  }

  append(text: string): void {
    const parts = text.split("\n");
    const growing = (this.lines.pop() ?? "") + (parts[0] ?? "");
    if (parts.length === 1) {
      this.lines.push(overwrite(growing));
      return;
    }
    this.finish(growing);
    for (let i = 1; i < parts.length - 1; i++) this.finish(parts[i] ?? "");
    this.lines.push(overwrite(parts.at(-1) ?? ""));
  }

  private finish(line: string): void {
    const index = this.lines.length;
    const done = overwrite(line).replace(/\r$/, "");
    this.lines.push(done);
    const before = this.looks.get(index) ?? "";
    const after = hasEscapes(done) ? parse(done, before).look : before;
    if (after) this.looks.set(index + 1, after);
  }

  spans(index: number) {
    return parse((this.lines[index] ?? "").replace(/\r$/, ""), this.looks.get(index) ?? "").spans;
  }

  text(index: number): string {
    return plain(this.lines[index] ?? "");
  }
}
