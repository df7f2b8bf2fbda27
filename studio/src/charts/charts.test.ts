import { describe, expect, test, vi } from "vitest";
import type { Point, Series } from "../api/types";
import { Feed, PAINT_MS } from "./feed";
import { sparkPath } from "./Spark";
import { append, draw, toColumns } from "./series";
import { smooth } from "./smooth";
import { logTicks } from "./ticks";

const series = (x: Series["x"], y: Series["y"], thinned = false): Series => ({
  name: "loss",
  x,
  y,
  low: y,
  high: y,
  count: y.length,
  thinned,
});

describe("smoothing", () => {
  test("keeps a constant as it is, from the first point on", () => {
    for (const value of smooth([0, 1, 2, 3], [5, 5, 5, 5], 0.9)) expect(value).toBeCloseTo(5);
  });

  test("keeps gaps, and does nothing at weight 0", () => {
    const values = [1, null, 3];
    expect(smooth([0, 1, 2], values, 0)).toBe(values);
    expect(smooth([0, 1, 2], values, 0.5)[1]).toBeNull();
  });

  test("hardly moves a line of few points", () => {
    const values = [0, 1, 0, 1];
    const smoothed = smooth([0, 1, 2, 3], values, 0.85);
    for (const [index, value] of smoothed.entries()) expect(value).toBeCloseTo(values[index] ?? 0, 4);
  });
});

describe("columns", () => {
  test("NaN is a gap, infinities are marks", () => {
    const { y, infinite } = toColumns(series([0, 1, 2, 3], [1, "NaN", "Infinity", "-Infinity"]));
    expect(y).toEqual([1, null, null, null]);
    expect(infinite).toEqual([
      { index: 2, sign: 1 },
      { index: 3, sign: -1 },
    ]);
  });

  test("points of the stream go on where the series ends, each once", () => {
    const base = toColumns(series([0, 1], [5, 4]));
    const points: Point[] = [
      [1, 10, 4],
      [2, 20, 3],
      [2, 20, 3],
      [3, 30, "NaN"],
    ];
    const { x, y } = append(base, points, "step");
    expect(x).toEqual([0, 1, 2, 3]);
    expect(y).toEqual([5, 4, 3, null]);
    expect(base.x).toEqual([0, 1]);
  });

  test("without steps a point takes its place", () => {
    expect(append(toColumns(series([0, 1], [5, 4])), [[null, 9, 3]], "index").x).toEqual([0, 1, 2]);
  });

  test("a log scale leaves out what is not positive, and counts it", () => {
    const { data, dropped } = draw(toColumns(series([0, 1, 2], [1, 0, -2])), {
      smoothing: 0,
      log: true,
      originMs: null,
    });
    expect(data[1]).toEqual([1, null, null]);
    expect(dropped).toBe(2);
  });

  test("relative time counts seconds from the start", () => {
    const { data } = draw(toColumns(series([61_000], [1])), { smoothing: 0, log: false, originMs: 1_000 });
    expect(data[0]).toEqual([60]);
  });
});

test("a feed hands points on at most four times a second, and all of them", () => {
  vi.useFakeTimers();
  const feed = new Feed();
  const got: number[] = [];
  feed.listen(({ loss }) => got.push(loss?.length ?? 0));
  for (let i = 0; i < 100; i++) {
    feed.push({ loss: [[i, i, 1]] });
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(PAINT_MS);
  expect(got.length).toBeLessThanOrEqual(6);
  expect(got.reduce((a, b) => a + b, 0)).toBe(100);
  vi.useRealTimers();
});

test("a spark needs two points and breaks at gaps", () => {
  expect(sparkPath([1])).toBe("");
  expect(sparkPath([0, null, 1])).toBe("M0 17.0M100 1.0");
});

test("a log axis is marked at 1, 2 and 5, or at powers of ten", () => {
  expect(logTicks(0.17, 2.4, 5)).toEqual([0.2, 0.5, 1, 2]);
  expect(logTicks(1e-4, 10, 5)).toEqual([1e-4, 1e-2, 1]);
  expect(logTicks(0, 1, 5)).toEqual([]);
});
