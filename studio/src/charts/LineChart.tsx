import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { count, metric } from "../ui/format";
import { plotOptions } from "./plot";
import { type Axis, type Columns, draw } from "./series";
import { xWords } from "./ticks";

export interface LineChartProps {
  title: string;
  columns: Columns;
  axis: Axis;
  /** Where relative time begins. */
  originMs: number;
  log: boolean;
  smoothing: number;
  syncKey: string | null;
  colour: string;
  isLive: boolean;
  last: unknown;
  note?: string;
  /** In the units of the x axis as drawn. */
  zoom: readonly [number, number] | null;
  onZoom: (zoom: readonly [number, number] | null) => void;
}

/** One metric as a line. uPlot stays behind this component. */
export function LineChart(props: LineChartProps) {
  const { columns, axis, log, smoothing } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const said = useRef<HTMLSpanElement>(null);
  const theme = useTheme();
  const { data, dropped, hasBand } = draw(columns, {
    smoothing,
    log,
    originMs: axis === "relative" ? props.originMs : null,
  });
  const now = useRef({ props, data });
  useEffect(() => {
    now.current = { props, data };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is made anew for what its options hold; data and zoom flow into the one there is
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const options = plotOptions(
      {
        axis,
        log,
        hasBand,
        isSmoothed: smoothing > 0,
        colour: props.colour,
        syncKey: props.syncKey,
        zoom: () => now.current.props.zoom,
        infinite: () => now.current.props.columns.infinite,
        isLive: () => now.current.props.isLive && now.current.props.zoom === null,
        onCursor: (index) => {
          if (said.current) said.current.textContent = atCursor(now.current.data, index, axis);
        },
        onZoom: (start, end) => now.current.props.onZoom([start, end]),
        onBack: () => now.current.props.onZoom(null),
      },
      element.clientWidth,
      element.clientHeight,
    );
    const made = new uPlot(options, now.current.data as uPlot.AlignedData, element);
    plot.current = made;
    const watcher = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [axis, log, hasBand, smoothing > 0, props.syncKey, props.colour, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new zoom draws the same data in another range
  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [columns, smoothing, log, props.zoom]);

  const note = dropped ? `${count(dropped)} values are not positive and are left out` : (props.note ?? "");
  return (
    <figure className="chart">
      <figcaption className="chart-head">
        <h3 title={props.title}>{props.title}</h3>
        <span className="note" title={note}>
          {note}
        </span>
        <span className="note at" ref={said} aria-hidden="true" />
        <span className="val">{metric(props.last)}</span>
      </figcaption>
      <div className="plot" ref={host} role="img" aria-label={describe(props)} />
    </figure>
  );
}

function atCursor(data: (number | null)[][], index: number | null, axis: Axis): string {
  const x = index === null ? null : data[0]?.[index];
  if (index === null || x === null || x === undefined) return "";
  const value = data[1]?.[index];
  return `${value === null || value === undefined ? "no value" : metric(value)} at ${xWords(axis, x)}`;
}

function describe({ title, columns, axis, last }: LineChartProps): string {
  const values = columns.y.filter((value) => value !== null);
  if (!values.length) return `${title}: no values to draw`;
  const low = metric(Math.min(...values));
  const high = metric(Math.max(...values));
  return `${title} against ${axis === "step" ? "step" : "time"}: from ${metric(values[0])} to ${metric(last)}, between ${low} and ${high}`;
}

const readTheme = (): string => document.documentElement.dataset.theme ?? "light";

/** The theme in force; a plot reads its colours again when it changes. */
function useTheme(): string {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const watcher = new MutationObserver(() => setTheme(readTheme()));
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => watcher.disconnect();
  }, []);
  return theme;
}
