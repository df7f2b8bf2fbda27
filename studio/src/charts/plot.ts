/** uPlot's options for one line, in the Studio's tokens. Nothing else in the app knows uPlot. */
import uPlot from "uplot";
import { tick } from "../ui/format";
import type { Axis } from "./series";
import { logTicks, X_STEPS, xTick } from "./ticks";

export interface PlotOptions {
  axis: Axis;
  log: boolean;
  hasBand: boolean;
  isSmoothed: boolean;
  /** Name of the token that colours the line. */
  colour: string;
  syncKey: string | null;
  zoom: () => readonly [number, number] | null;
  infinite: () => { index: number; sign: 1 | -1 }[];
  isLive: () => boolean;
  onCursor: (index: number | null) => void;
  onZoom: (start: number, end: number) => void;
  onBack: () => void;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The colour with an opacity, whatever notation the token uses. */
function faint(colour: string, opacity: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(opacity * 100)}%, transparent)`;
}

function yRange(log: boolean): uPlot.Scale.Range {
  return (_plot, min, max) => {
    if (min === null || max === null || !Number.isFinite(min)) return log ? [0.1, 1] : [0, 1];
    if (!log) return uPlot.rangeNum(min, max, 0.08, true);
    if (min === max) return [min / 2, max * 2];
    const pad = (max / min) ** 0.06;
    return [min / pad, max * pad];
  };
}

function xRange(options: PlotOptions): uPlot.Scale.Range {
  return (plot, min, max) => {
    const zoom = options.zoom();
    if (zoom) return [zoom[0], zoom[1]];
    const [first, second] = plot.data[0]; // of one point uPlot makes a hundred steps
    if (first !== undefined && second === undefined) return [first - 0.5, first + 0.5];
    if (min === null || max === null) return [0, 1];
    return min === max ? [min - 0.5, max + 0.5] : [min, max];
  };
}

const PX_PER_LOG_TICK = 30;

function logSplits(plot: uPlot, _axis: number, min: number, max: number): number[] {
  return logTicks(min, max, Math.max(2, Math.floor(plot.height / PX_PER_LOG_TICK)));
}

function axes(options: PlotOptions): uPlot.Axis[] {
  const font = `11px ${token("--font")}`;
  const stroke = token("--ink-3");
  const none = { show: false };
  return [
    {
      font,
      stroke,
      grid: none,
      ticks: none,
      space: 72,
      incrs: X_STEPS[options.axis],
      size: 24,
      gap: 6,
      border: { show: true, stroke: token("--line-2"), width: 1 },
      values: (_plot, splits) => splits.map((value) => (value === null ? "" : xTick(options.axis, value))),
    },
    {
      font,
      stroke,
      ticks: none,
      space: 36,
      ...(options.log ? { splits: logSplits, filter: (_plot: uPlot, splits: number[]) => splits } : {}),
      gap: 6,
      grid: { show: true, stroke: token("--grid"), width: 1 },
      size: (_plot, values) =>
        Math.max(34, 12 + 6.4 * Math.max(0, ...(values ?? []).map((value) => (value ?? "").length))),
      values: (_plot, splits) => splits.map((value) => (value === null ? "" : tick(value))),
    },
  ];
}

function series(options: PlotOptions, colour: string): uPlot.Series[] {
  const hidden = { stroke: "transparent", width: 0, points: { show: false } };
  const alone = (plot: uPlot, index: number) => {
    const values = plot.data[index] as (number | null)[] | undefined;
    return values?.filter((value) => value !== null).length === 1;
  };
  return [
    {},
    { stroke: colour, width: 1.6, spanGaps: false, points: { show: alone, size: 5, fill: colour } },
    {
      stroke: faint(colour, Number(token("--raw")) || 0.22),
      width: 1,
      show: options.isSmoothed,
      points: { show: false },
    },
    { ...hidden, show: options.hasBand },
    { ...hidden, show: options.hasBand },
  ];
}

/** Marks that uPlot has no name for: infinities at the edge, and the newest point of a live line. */
function drawMarks(plot: uPlot, options: PlotOptions, colour: string): void {
  const { ctx, bbox, data } = plot;
  const dpr = window.devicePixelRatio || 1;
  ctx.save();
  ctx.fillStyle = token("--stitch");
  for (const { index, sign } of options.infinite()) {
    const x = plot.valToPos(data[0][index] ?? 0, "x", true);
    const y = sign > 0 ? bbox.top + 1 : bbox.top + bbox.height - 1;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x - 4 * dpr, y + sign * 7 * dpr);
    ctx.lineTo(x + 4 * dpr, y + sign * 7 * dpr);
    ctx.fill();
  }
  const last = data[0].length - 1;
  const value = data[1]?.[last];
  if (options.isLive() && value !== null && value !== undefined) {
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.arc(
      plot.valToPos(data[0][last] ?? 0, "x", true),
      plot.valToPos(value, "y", true),
      3 * dpr,
      0,
      2 * Math.PI,
    );
    ctx.fill();
  }
  ctx.restore();
}

export function plotOptions(options: PlotOptions, width: number, height: number): uPlot.Options {
  const colour = token(options.colour);
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: xRange(options) },
      y: { distr: options.log ? 3 : 1, range: yRange(options.log) },
    },
    axes: axes(options),
    series: series(options, colour),
    bands: options.hasBand ? [{ series: [4, 3], fill: faint(colour, 0.2) }] : [],
    cursor: {
      y: false,
      points: {
        size: 7,
        width: 1.5,
        fill: colour,
        stroke: token("--paper"),
        show: (plot, index) => (index === 1 ? pointMark(plot, colour) : (false as unknown as HTMLElement)),
      },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      bind: {
        dblclick: () => () => {
          options.onBack();
          return null;
        },
      },
      ...(options.syncKey ? { sync: { key: options.syncKey, setSeries: false } } : {}),
    },
    hooks: {
      setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          if (plot.select.width < 6) return;
          const start = plot.posToVal(plot.select.left, "x");
          const end = plot.posToVal(plot.select.left + plot.select.width, "x");
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          options.onZoom(start, end);
        },
      ],
      draw: [(plot) => drawMarks(plot, options, colour)],
    },
  };
}

function pointMark(_plot: uPlot, colour: string): HTMLElement {
  const mark = document.createElement("div");
  mark.style.background = colour;
  return mark;
}
