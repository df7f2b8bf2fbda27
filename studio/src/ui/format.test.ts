import { describe, expect, test } from "vitest";
import { bytes, duration, metric, tick, time, toNumber } from "./format";

describe("a metric's value", () => {
  test.each([
    [0.4127, "0.4127"],
    [2140, "2,140"],
    [5e-5, "5e-5"],
    [-1.5, "−1.5000"],
    [0, "0"],
    [123.456, "123.46"],
    [1.5e12, "1.5e12"],
    ["NaN", "NaN"],
    ["-Infinity", "−inf"],
    [Number.POSITIVE_INFINITY, "inf"],
    [null, "–"],
    [true, "true"],
    ["text", "text"],
  ])("%s is written %s", (value, text) => expect(metric(value)).toBe(text));
});

test("durations are written in the two largest units", () => {
  expect(duration(40)).toBe("40 ms");
  expect(duration(800)).toBe("0.8 s");
  expect(duration(41_000)).toBe("41 s");
  expect(duration(372_000)).toBe("6 min 12 s");
  expect(duration(7_440_000)).toBe("2 h 04 min");
  expect(duration(30 * 86_400_000)).toBe("30 d");
  expect(duration(59_700)).toBe("1 min 00 s");
  expect(duration(null)).toBe("–");
});

test("today has seconds, other days a date", () => {
  const now = new Date(2026, 10, 23, 15, 0, 0).getTime();
  expect(time(new Date(2026, 10, 23, 14, 2, 11).getTime(), now)).toBe("14:02:11");
  expect(time(new Date(2026, 10, 22, 18, 20).getTime(), now)).toBe("22 Nov 18:20");
  expect(time(new Date(2025, 0, 3).getTime(), now)).toBe("3 Jan 2025");
  expect(time(null, now)).toBe("–");
});

test("sizes and ticks are short", () => {
  expect(bytes(180)).toBe("180 B");
  expect(bytes(44_800_000)).toBe("45 MB");
  expect(bytes(1_070_000_000)).toBe("1.1 GB");
  expect(tick(2000)).toBe("2k");
  expect(tick(0.25)).toBe("0.25");
  expect(tick(1e-5)).toBe("1e-5");
});

test("wire numbers come back", () => {
  expect(toNumber("NaN")).toBeNaN();
  expect(toNumber("-Infinity")).toBe(Number.NEGATIVE_INFINITY);
  expect(toNumber(1.5)).toBe(1.5);
});
