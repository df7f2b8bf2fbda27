/** From the API's series and the stream's points to the columns that a plot draws. */
import type { Point, Series, WireNumber } from "../api/types";
import { toNumber } from "../ui/format";
import { smooth } from "./smooth";

/** What the x axis counts. `index` stands in for steps where a script gave none. */
export type Axis = "step" | "relative" | "clock";
export type ServerAxis = "step" | "time" | "index";

export function serverAxis(axis: Axis, hasSteps: boolean): ServerAxis {
  if (axis !== "step") return "time";
  return hasSteps ? "step" : "index";
}

export interface Columns {
  x: number[];
  /** Mean of each bucket, or the raw value; null is a gap. */
  y: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  /** Where a value was infinite: index and sign. */
  infinite: { index: number; sign: 1 | -1 }[];
  thinned: boolean;
}

const finite = (value: WireNumber): number | null => {
  const number = toNumber(value);
  return Number.isFinite(number) ? number : null;
};

/** Rows in the order of x; rows without an x are left out. */
export function toColumns(series: Series): Columns {
  const rows = series.x.map((x, index) => ({ x: toNumber(x), index })).filter(({ x }) => Number.isFinite(x));
  if (rows.some(({ x }, i) => i > 0 && x < (rows[i - 1]?.x ?? x)))
    rows.sort((a, b) => a.x - b.x || a.index - b.index);
  const of = (values: WireNumber[]) => rows.map(({ index }) => finite(values[index] ?? null));
  const infinite: Columns["infinite"] = [];
  rows.forEach(({ index }, at) => {
    const value = toNumber(series.y[index] ?? null);
    if (value === Number.POSITIVE_INFINITY) infinite.push({ index: at, sign: 1 });
    if (value === Number.NEGATIVE_INFINITY) infinite.push({ index: at, sign: -1 });
  });
  return {
    x: rows.map(({ x }) => x),
    y: of(series.y),
    low: of(series.low),
    high: of(series.high),
    infinite,
    thinned: series.thinned,
  };
}

/**
 * Points of the stream that lie after what the series has; what lies before is in it already, or comes with
 * the next reading. A point without a step takes its place among the points, as on the server.
 */
export function append(columns: Columns, points: Point[], axis: ServerAxis): Columns {
  if (!points.length) return columns;
  const out: Columns = {
    ...columns,
    x: [...columns.x],
    y: [...columns.y],
    low: [...columns.low],
    high: [...columns.high],
    infinite: [...columns.infinite],
  };
  for (const point of points) {
    const last = out.x.at(-1);
    const x = placeOf(point, axis, last);
    if (x === null || (last !== undefined && x <= last)) continue;
    push(out, x, point[2]);
  }
  return out;
}

function placeOf([step, timeMs]: Point, axis: ServerAxis, last: number | undefined): number | null {
  if (axis === "time") return timeMs;
  if (axis === "step") return step;
  return last === undefined ? 0 : last + 1;
}

function push(out: Columns, x: number, value: WireNumber): void {
  const number = finite(value);
  if (value === "Infinity") out.infinite.push({ index: out.x.length, sign: 1 });
  if (value === "-Infinity") out.infinite.push({ index: out.x.length, sign: -1 });
  out.x.push(x);
  out.y.push(number);
  out.low.push(number);
  out.high.push(number);
}

export interface Drawn {
  /** x, line, raw line behind it, low, high. */
  data: [number[], ...(number | null)[][]];
  /** Values that a log scale has no place for. */
  dropped: number;
  /** Whether low and high say more than the line. */
  hasBand: boolean;
}

export function draw(
  columns: Columns,
  options: { smoothing: number; log: boolean; originMs: number | null },
): Drawn {
  let dropped = 0;
  const keep = (values: (number | null)[], tally: boolean) =>
    options.log
      ? values.map((value) => {
          if (value === null || value > 0) return value;
          if (tally) dropped++;
          return null;
        })
      : values;
  const y = keep(columns.y, true);
  const low = keep(columns.low, false);
  const high = keep(columns.high, false);
  const origin = options.originMs;
  const x = origin === null ? columns.x : columns.x.map((ms) => (ms - origin) / 1000);
  return { data: [x, smooth(x, y, options.smoothing), y, low, high], dropped, hasBand: columns.thinned };
}
