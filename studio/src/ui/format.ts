/** Numbers, times and sizes as every page writes them. No value is "–"; NaN and the infinities are words. */

const NONE = "–";
const thousands = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return Number.NaN;
}

/** A count: `2,140`. */
export function count(value: number): string {
  return thousands.format(value);
}

/** One value of a metric: four decimals in the middle, powers at the ends, whole numbers whole. */
export function metric(value: unknown): string {
  if (value === null || value === undefined) return NONE;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "string") {
    if (value === "Infinity") return "inf";
    return value === "-Infinity" ? "−inf" : value;
  }
  if (typeof value !== "number") return Array.isArray(value) ? `${value.length} values` : "table";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "−inf";
  return finite(value);
}

function finite(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 0.001) return power(value);
  if (Number.isInteger(value)) return size < 1e9 ? thousands.format(value).replace("-", "−") : power(value);
  if (size >= 1e6) return size < 1e9 ? thousands.format(value).replace("-", "−") : power(value);
  const decimals = size >= 1000 ? 1 : size >= 100 ? 2 : 4;
  return value.toFixed(decimals).replace("-", "−");
}

function power(value: number): string {
  return value
    .toExponential(2)
    .replace(/\.?0+e/, "e")
    .replace("e+", "e")
    .replace(/^-/, "−");
}

/** A tick of an axis: as short as it can be. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size < 0.001 || size >= 1e12) return power(value);
  if (size >= 1e6) return `${+(value / 1e6).toPrecision(4)}M`;
  if (size >= 1e4 || (size >= 1e3 && value % 1e3 === 0)) return `${+(value / 1e3).toPrecision(4)}k`;
  return String(+value.toPrecision(6)).replace("-", "−");
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  let value = size;
  for (const unit of ["kB", "MB", "GB", "TB"]) {
    value /= 1000;
    if (value < 1000 || unit === "TB")
      return `${value < 10 && unit !== "kB" ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return NONE;
}

/** `40 ms`, `0.8 s`, `41 s`, `6 min 12 s`, `2 h 04 min`, `3 d 5 h`. */
export function duration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return NONE;
  const seconds = Math.max(ms, 0) / 1000;
  if (seconds < 0.095) return `${Math.round(Math.max(ms, 0))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  const hours = Math.floor((whole % 86400) / 3600);
  return hours ? `${Math.floor(whole / 86400)} d ${hours} h` : `${Math.floor(whole / 86400)} d`;
}

const two = (value: number) => String(value).padStart(2, "0");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Today `14:02:11`, this year `22 Nov 18:20`, else `22 Nov 2025`. Local time; the tooltip has UTC. */
export function time(ms: number | null, nowMs: number = Date.now()): string {
  if (ms === null) return NONE;
  const at = new Date(ms);
  const now = new Date(nowMs);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return `${clock}:${two(at.getSeconds())}`;
  const day = `${at.getDate()} ${MONTHS[at.getMonth()]}`;
  return at.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${at.getFullYear()}`;
}

export function utc(ms: number | null): string {
  return ms === null ? "" : `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `0.4 s`, `12 s`, `3 min`: how long ago, loosely. */
export function ago(ms: number): string {
  const seconds = Math.max(ms, 0) / 1000;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
