/** How the charts of a run are looked at: what the address says, and which chart stands where. */
import type { MetricSummary } from "../../api/types";
import type { Axis } from "../../charts/series";

export interface ChartView {
  axis: Axis;
  log: boolean;
  smoothing: number;
  sync: boolean;
  zoom: readonly [number, number] | null;
  /** Charts beside each other, 1 to 4. */
  columns: number;
}

/** Read the address; what makes no sense in it is as if it were not there. */
export function readView(query: URLSearchParams): ChartView {
  const axis = query.get("x");
  const from = Number(query.get("from") ?? Number.NaN);
  const to = Number(query.get("to") ?? Number.NaN);
  const smoothing = Number(query.get("smooth") ?? 0);
  return {
    axis: axis === "relative" || axis === "clock" ? axis : "step",
    log: query.get("log") === "1",
    smoothing: smoothing > 0 && smoothing < 1 ? smoothing : 0,
    sync: query.get("sync") !== "0",
    columns: Math.min(Math.max(Number(query.get("columns") ?? 3) || 3, 1), 4),
    zoom: Number.isFinite(from) && Number.isFinite(to) && from < to ? [from, to] : null,
  };
}

/** A metric that is a number at times; one that is only words has no place in a chart. */
export function isDrawn({ kind, value, min }: MetricSummary): boolean {
  if (kind !== "scalar") return false;
  return typeof value !== "string" || min !== null || /^(-?Infinity|NaN)$/.test(value);
}

/**
 * Scalars by what stands before the first slash, in the order of their first points. A prefix of one metric
 * makes no section: such metrics stand together with those that have none.
 */
export function sections(list: MetricSummary[]): [string, MetricSummary[]][] {
  const scalars = list.filter(isDrawn);
  const prefixOf = (name: string) => (name.indexOf("/") > 0 ? name.slice(0, name.indexOf("/")) : "");
  const tally = new Map<string, number>();
  for (const { name } of scalars) tally.set(prefixOf(name), (tally.get(prefixOf(name)) ?? 0) + 1);
  const found = new Map<string, MetricSummary[]>();
  for (const one of scalars) {
    const prefix = prefixOf(one.name);
    const section = prefix && (tally.get(prefix) ?? 0) > 1 ? prefix : "metrics";
    found.set(section, [...(found.get(section) ?? []), one]);
  }
  return [...found];
}

/** On a run's own page train is the first colour, what is held back the second. */
export const colourOf = (name: string): string =>
  /^(val|valid|validation|test|eval)[/_.]/.test(name) ? "--series-2" : "--series-1";
