/** Metrics that are no single number: lists, rows, tables, as tables; other kinds as their JSON. */
import { useMetricValues } from "../../api/queries";
import type { MetricSummary } from "../../api/types";
import { count, metric, plural } from "../../ui/format";

const MOST_ROWS = 100;

export interface Grid {
  head: string[];
  rows: unknown[][];
}

/** Rows and columns out of what was logged: dictionaries of lists, dictionaries of numbers, or plain lists. */
export function toGrid(values: unknown[]): Grid | null {
  const entries = values.flat();
  if (!entries.length) return null;
  if (entries.every((entry) => isRecord(entry))) {
    const rows = entries.flatMap(toRows);
    const head = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return { head, rows: rows.map((row) => head.map((name) => row[name])) };
  }
  if (entries.some((entry) => typeof entry === "object" && entry !== null)) return null;
  return { head: ["", "value"], rows: entries.map((entry, index) => [index, entry]) };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A table is a dictionary of columns; a row is a dictionary of values. */
function toRows(record: Record<string, unknown>): Record<string, unknown>[] {
  const columns = Object.entries(record);
  const length = Math.max(...columns.map(([, value]) => (Array.isArray(value) ? value.length : 1)), 0);
  if (!columns.some(([, value]) => Array.isArray(value))) return [record];
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(columns.map(([name, value]) => [name, Array.isArray(value) ? value[row] : value])),
  );
}

export function Values({ runId, summary }: { runId: string; summary: MetricSummary }) {
  const { data, error } = useMetricValues(runId, summary.name, summary.count);
  const grid = data ? toGrid(data.values) : null;
  return (
    <figure className="chart">
      <figcaption className="chart-head">
        <h3 title={summary.name}>{summary.name}</h3>
        <span className="note">
          {summary.kind === "scalar" ? "text" : summary.kind.replaceAll("_", " ")}
          {grid && `, ${plural(grid.rows.length, "row")}`}
        </span>
      </figcaption>
      {error && <p className="small bad">The values could not be read. They are safe.</p>}
      {grid ? (
        <GridTable name={summary.name} grid={grid} />
      ) : (
        data && (
          <pre className="codebox small-json" tabIndex={0}>
            {JSON.stringify(data.values, null, 1).slice(0, 4000)}
          </pre>
        )
      )}
    </figure>
  );
}

const isNumber = (value: unknown): boolean =>
  typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(String(value));

function GridTable({ name, grid }: { name: string; grid: Grid }) {
  const numeric = grid.head.map((_, column) =>
    grid.rows.every((row) => row[column] === undefined || isNumber(row[column])),
  );
  return (
    <div className="tbl-wrap bare values" tabIndex={0} role="region" aria-label={name}>
      <table className="tbl plain dense">
        <thead>
          <tr>
            {grid.head.map((head, column) => (
              <th key={head} scope="col" className={numeric[column] ? "num" : undefined}>
                {head || "row"}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.slice(0, MOST_ROWS).map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={grid.head[column]} className={numeric[column] ? "num" : undefined}>
                  {metric(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {grid.rows.length > MOST_ROWS && (
        <p className="tiny mute mt">
          The first {MOST_ROWS} of {count(grid.rows.length)} rows.
        </p>
      )}
    </div>
  );
}
