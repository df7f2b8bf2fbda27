import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useNow } from "../../ui/clock";
import { useKeys } from "../../ui/keys";
import { useRows } from "../../ui/rows";
import { isFinal } from "../../ui/status";
import { runPath } from "../../ui/url";
import type { Column } from "./columns";
import type { RunRows } from "./useRunRows";

const ROW_PX = 34;

export interface Sorting {
  sort: string;
  descending: boolean;
  onSort: (sort: string) => void;
}

/** Only the rows in view are in the document; the two spacers keep the scrollbar honest. */
export function RunTable({
  rows,
  columns,
  sorting,
  onRange,
}: {
  rows: RunRows;
  columns: Column[];
  sorting: Sorting;
  onRange: (first: number, last: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  const virtual = useVirtualizer({
    count: rows.total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: 60,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange(first, last), [onRange, first, last]);
  const at = useRows(rows.total, (index) => {
    const run = rows.row(index);
    if (run) navigate(runPath(run.run_id));
  });
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [at, virtual]);
  useKeys({
    ".": {
      does: "Show new runs",
      run: () => {
        rows.showFresh();
        virtual.scrollToOffset(0);
      },
    },
  });
  const nowMs = useNow(items.some((item) => !isFinal(rows.row(item.index)?.status ?? "Completed")));
  const width = columns.reduce((sum, column) => sum + column.width, 24);
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className="tbl-wrap grow" ref={box} tabIndex={0} role="region" aria-label="Runs">
      <table className="tbl tight fixed" aria-rowcount={rows.total} style={{ minWidth: width }}>
        <colgroup>
          {columns.map((column, index) => (
            <col
              key={column.key}
              style={index === columns.length - 1 ? {} : { width: column.width + (index ? 0 : 14) }}
            />
          ))}
        </colgroup>
        <Head columns={columns} sorting={sorting} />
        <tbody>
          {before > 0 && <Spacer px={before} />}
          {items.map((item) => {
            const run = rows.row(item.index);
            return (
              <tr
                key={item.index}
                aria-rowindex={item.index + 1}
                className={item.index === at ? "is-at" : undefined}
              >
                {columns.map((column, index) => (
                  <td key={column.key} className={cellClass(columns, index)}>
                    {run ? column.cell(run, nowMs) : index === 0 ? <span className="skel w-3" /> : null}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 && <Spacer px={after} />}
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ px }: { px: number }) {
  return (
    <tr role="presentation">
      <td className="spacer" style={{ height: px }} />
    </tr>
  );
}

function cellClass(columns: Column[], index: number): string {
  const column = columns[index];
  const names = [
    index === 0 && "first pin edge",
    index === columns.length - 1 && "last",
    column?.numeric && "num",
    index > 0 && columns[index - 1]?.group !== column?.group && "rule",
  ];
  return names.filter(Boolean).join(" ");
}

const GROUPS: Record<string, string> = { run: "Run", metric: "Metrics, last value", param: "Parameters" };

function Head({ columns, sorting }: { columns: Column[]; sorting: Sorting }) {
  const spans: { group: string; n: number }[] = [];
  for (const column of columns.slice(1)) {
    const now = spans.at(-1);
    if (now?.group === column.group) now.n++;
    else spans.push({ group: column.group, n: 1 });
  }
  const isGrouped = spans.some(({ group }) => group === "metric" || group === "param");
  return (
    <thead>
      {isGrouped && (
        <tr className="groups">
          <td className="first pin edge" />
          {spans.map(({ group, n }, index) =>
            GROUPS[group] ? (
              <th key={group} className={index ? "rule" : ""} colSpan={n} scope="colgroup">
                {GROUPS[group]}
              </th>
            ) : (
              <td key={group} className={index ? "rule last" : ""} colSpan={n} />
            ),
          )}
        </tr>
      )}
      <tr>
        {columns.map((column, index) => (
          <th
            key={column.key}
            scope="col"
            className={cellClass(columns, index)}
            title={column.label}
            {...(column.sort === sorting.sort
              ? ({ "aria-sort": sorting.descending ? "descending" : "ascending" } as const)
              : {})}
          >
            {column.sort ? (
              <button type="button" onClick={() => column.sort && sorting.onSort(column.sort)}>
                <span className="clip">{column.label}</span>
              </button>
            ) : (
              column.label
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}
