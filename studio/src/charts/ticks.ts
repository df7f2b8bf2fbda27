/** Where an axis has its marks, and what stands there. */
import { tick, time } from "../ui/format";
import type { Axis } from "./series";

const SECOND = 1000;
const WHOLE = [1, 2, 5];
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAYS = [1, 2, 5, 10, 20, 50, 100].map((days) => days * 86_400);

function decades(from: number, to: number): number[] {
  const found: number[] = [];
  for (let power = from; power <= to; power++) for (const one of WHOLE) found.push(Number(`${one}e${power}`));
  return found;
}

/** Distances that marks of the x axis may have: whole steps, or such as clocks have. */
export const X_STEPS: Record<Axis, number[]> = {
  step: decades(0, 12),
  relative: [...decades(-3, -1), ...SECONDS, ...DAYS],
  clock: [...decades(0, 2), ...[...SECONDS, ...DAYS].map((seconds) => seconds * SECOND)],
};

/** Marks of a log axis: 1, 2 and 5 of each power of ten, or fewer where these are too many. */
export function logTicks(min: number, max: number, most: number): number[] {
  if (!(min > 0) || !(max > min)) return [];
  const from = Math.floor(Math.log10(min));
  const to = Math.ceil(Math.log10(max));
  const within = decades(from, to).filter((value) => value >= min && value <= max);
  if (within.length <= most) return within;
  const powers = within.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
  const every = Math.ceil(powers.length / most);
  return powers.filter((_, index) => index % every === 0);
}

function seconds(value: number): string {
  if (value < 60) return `${+value.toPrecision(4)} s`;
  if (value < 3600) return `${+(value / 60).toPrecision(3)} min`;
  return `${+(value / 3600).toPrecision(3)} h`;
}

const X_TEXT: Record<Axis, (value: number) => string> = {
  step: tick,
  relative: seconds,
  clock: (ms) => time(ms).replace(/^(\d+ \w+) /, ""),
};

export const xTick = (axis: Axis, value: number): string => X_TEXT[axis](value);

/** A place on the x axis in words. */
export const xWords = (axis: Axis, value: number): string =>
  axis === "step" ? `step ${value.toLocaleString("en")}` : X_TEXT[axis](value);
