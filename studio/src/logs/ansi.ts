/** Colours of terminal output: escape sequences become class names, everything else of them is dropped. */

export interface Span {
  text: string;
  /** Class names, "" for plain. */
  look: string;
}

const COLOURS = ["gray", "red", "green", "yellow", "blue", "magenta", "cyan", ""];
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const ESCAPE = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would not show
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

interface Look {
  colour: string;
  bold: boolean;
  dim: boolean;
}

function toLook(text: string): Look {
  const names = text.split(" ");
  const colour = names.find((name) => name.startsWith("a-") && name !== "a-bold")?.slice(2) ?? "";
  return { colour: colour === "gray" ? "" : colour, bold: names.includes("a-bold"), dim: colour === "gray" };
}

function toText({ colour, bold, dim }: Look): string {
  const hue = colour || (dim ? "gray" : "");
  return [hue && `a-${hue}`, bold && "a-bold"].filter(Boolean).join(" ");
}

/** Change a look by the numbers of one `ESC [ … m`. */
function apply(look: string, numbers: string): string {
  const now = toLook(look);
  const codes = numbers.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38) now.colour = indexed(codes.slice(i + 1));
    if (code === 38 || code === 48) i += codes[i + 1] === 5 ? 2 : 4;
    else applyOne(now, code);
  }
  return toText(now);
}

/** Of the 256 colours only the first 16 have a token; the others stay plain. */
function indexed([kind, index = 0]: number[]): string {
  return kind === 5 && index < 16 ? (COLOURS[index % 8] ?? "") : "";
}

function applyOne(look: Look, code: number): void {
  if (code === 0) Object.assign(look, { colour: "", bold: false, dim: false });
  else if (code === 1) look.bold = true;
  else if (code === 2) look.dim = true;
  else if (code === 22) Object.assign(look, { bold: false, dim: false });
  else if (code === 39) look.colour = "";
  else if (code >= 30 && code <= 37) look.colour = COLOURS[code - 30] ?? "";
  else if (code >= 90 && code <= 97) look.colour = COLOURS[code - 90] ?? "";
}

export const hasEscapes = (text: string): boolean => text.includes("\u001b");

/** Split a line into spans, beginning with the look that the line before left behind. */
export function parse(line: string, look = ""): { spans: Span[]; look: string } {
  const spans: Span[] = [];
  let at = 0;
  let now = look;
  const push = (text: string) => {
    const seen = text.replace(UNSEEN, "");
    if (seen) spans.push({ text: seen, look: now });
  };
  for (const match of line.matchAll(ESCAPE)) {
    push(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") now = apply(now, match[1] ?? "");
  }
  push(line.slice(at));
  return { spans, look: now };
}

/** The line as it is read and searched. */
export function plain(line: string): string {
  return line.replace(ESCAPE, "").replace(UNSEEN, "");
}
