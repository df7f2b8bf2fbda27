import { describe, expect, test } from "vitest";
import { parse, plain } from "./ansi";
import { LogBuffer } from "./buffer";
import { find, mark } from "./search";

const ESC = "\u001b";

function lines(...pieces: string[]): string[] {
  const buffer = new LogBuffer();
  for (const piece of pieces) buffer.append(piece);
  return Array.from({ length: buffer.count }, (_, index) => buffer.text(index));
}

describe("lines", () => {
  test("text may be cut anywhere", () => {
    const text = "first\nsecond\r\nthird\rTHIRD and more\nlast";
    const whole = lines(text);
    expect(whole).toEqual(["first", "second", "THIRD and more", "last"]);
    for (let cut = 0; cut <= text.length; cut++)
      expect(lines(text.slice(0, cut), text.slice(cut))).toEqual(whole);
  });

  test("a carriage return writes over the line", () => {
    expect(lines("10 %\r50 %\r100 %")).toEqual(["100 %"]);
    expect(lines("abcdef\rXY\n")).toEqual(["XYcdef"]);
  });

  test("an empty log has no lines, and a last line's end makes no new one", () => {
    expect(lines("")).toEqual([]);
    expect(lines("a\n")).toEqual(["a"]);
    expect(lines("a\n\nb")).toEqual(["a", "", "b"]);
  });
});

describe("colours", () => {
  test("become class names", () => {
    expect(parse(`${ESC}[36mINFO${ESC}[0m ready`).spans).toEqual([
      { text: "INFO", look: "a-cyan" },
      { text: " ready", look: "" },
    ]);
    expect(parse(`${ESC}[1;31mbad${ESC}[22m still`).spans).toEqual([
      { text: "bad", look: "a-red a-bold" },
      { text: " still", look: "a-red" },
    ]);
  });

  test("256 and true colours do not eat what follows", () => {
    expect(parse(`${ESC}[38;5;2mgreen${ESC}[38;2;1;2;3mplain`).spans).toEqual([
      { text: "green", look: "a-green" },
      { text: "plain", look: "" },
    ]);
  });

  test("stay on over the end of a line", () => {
    const buffer = new LogBuffer();
    buffer.append(`${ESC}[31mone\ntwo${ESC}[0m\nthree\n`);
    expect(buffer.spans(1)).toEqual([{ text: "two", look: "a-red" }]);
    expect(buffer.spans(2)).toEqual([{ text: "three", look: "" }]);
  });

  test("other sequences and control characters go", () => {
    expect(plain(`${ESC}[2K${ESC}]0;title\u0007a${ESC}[3Ab\u0008`)).toBe("ab");
  });
});

describe("search", () => {
  const buffer = new LogBuffer();
  buffer.append("Loss 1\nno\nloss loss\n");

  test("finds every place, capitals or not", () => {
    expect(find(buffer, "loss")).toEqual([
      { line: 0, start: 0 },
      { line: 2, start: 0 },
      { line: 2, start: 5 },
    ]);
    expect(find(buffer, "")).toEqual([]);
  });

  test("marks across spans", () => {
    const spans = [
      { text: "ab", look: "a-red" },
      { text: "cd", look: "" },
    ];
    expect(mark(spans, [1], 2, 1)).toEqual([
      { text: "a", look: "a-red", mark: "" },
      { text: "b", look: "a-red", mark: "now" },
      { text: "c", look: "", mark: "now" },
      { text: "d", look: "", mark: "" },
    ]);
  });
});
