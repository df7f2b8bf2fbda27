/** Runs with search, filters and columns: all runs, or those of one experiment. */
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { PAGE, type RunFilter, useRunCounts } from "../../api/queries";
import { count, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Keys } from "../../ui/Keys";
import { useKeys } from "../../ui/keys";
import { Problem } from "../../ui/Problem";
import { Skeleton } from "../../ui/Skeleton";
import { Status } from "../../ui/Status";
import { GROUPS, statusesOf } from "../../ui/status";
import { useQueryState } from "../../ui/url";
import { Hello } from "../Hello";
import { ColumnMenu } from "./ColumnMenu";
import { columnsFor, defaultColumns } from "./columns";
import { RunTable } from "./RunTable";
import { type RunRows, useRunRows } from "./useRunRows";

const listOf = (text: string | null): string[] => (text ? text.split(",").filter(Boolean) : []);
const DEFAULT_SORT = "created";

/** What the address says about the list. */
function readQuery(query: URLSearchParams, experiment: string | undefined) {
  const picked = listOf(query.get("status"));
  const sort = query.get("sort") ?? DEFAULT_SORT;
  const descending = query.get("dir") !== "asc";
  const cols = query.get("cols");
  const q = query.get("q");
  const base: RunFilter = { ...(experiment ? { experiment } : {}), ...(q ? { q } : {}) };
  const filter: RunFilter = { ...base, status: statusesOf(picked).join(","), sort, descending };
  return {
    picked,
    sort,
    descending,
    cols,
    base,
    filter,
    isFiltered: picked.length > 0 || base.q !== undefined,
  };
}

export function RunList({ title, experiment }: { title: string; experiment?: string }) {
  const [query, change] = useQueryState();
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const onRange = useCallback((first: number, last: number) => {
    setRange((before) => (before[0] === first && before[1] === last ? before : [first, last]));
  }, []);
  const { picked, sort, descending, cols, base, filter, isFiltered } = readQuery(query, experiment);
  const rows = useSteady(useRunRows(filter, range[0], range[1]));
  const counts = useRunCounts(base);
  const shown = cols === null ? defaultColumns(rows.loaded) : listOf(cols === "-" ? "" : cols);
  const onSort = (key: string) =>
    change({ sort: key === DEFAULT_SORT ? null : key, dir: key === sort && descending ? "asc" : null });
  if (rows.error) return <Problem page error={rows.error} retry={rows.showFresh} />;
  if (!rows.pending && rows.total === 0 && !isFiltered && !experiment) return <Hello />;
  return (
    <>
      <Head title={title} rows={rows}>
        <ColumnMenu
          runs={rows.loaded}
          shown={shown}
          onChange={(keys) => change({ cols: keys.join(",") || "-" })}
          isDefault={cols === null}
          onReset={() => change({ cols: null })}
        />
      </Head>
      <div className="tools">
        <Search
          value={base.q ?? ""}
          onChange={(q) => change({ q })}
          say={rows.pending ? "" : plural(rows.total, "run")}
        />
      </div>
      <Chips
        picked={picked}
        statuses={counts.data?.statuses ?? {}}
        onChange={(keys) => change({ status: keys.join(",") })}
      />
      {rows.pending && <Skeleton rows={12} />}
      {!rows.pending && rows.total === 0 && (
        <NoMatch
          all={sum(counts.data?.statuses)}
          isFiltered={isFiltered}
          clear={() => change({ status: null, q: null })}
        />
      )}
      {rows.total > 0 && (
        <RunTable
          rows={rows}
          columns={columnsFor(shown, experiment !== undefined, rows.loaded.slice(0, PAGE))}
          sorting={{ sort, descending, onSort }}
          onRange={onRange}
        />
      )}
    </>
  );
}

/** While another list is on its way the one before stays in sight. */
function useSteady(rows: RunRows): RunRows {
  const last = useRef(rows);
  useEffect(() => {
    if (!rows.pending) last.current = rows;
  });
  return rows.pending ? last.current : rows;
}

function Head({ title, rows, children }: { title: string; rows: RunRows; children: ReactNode }) {
  return (
    <div className="head">
      <div className="head-title">
        <h1>{title}</h1>
        {!rows.pending && <span className="mute">{count(rows.total)}</span>}
        {rows.fresh > 0 && (
          <button type="button" className="pill" onClick={rows.showFresh}>
            <Icon name="up" small />
            {plural(rows.fresh, "new run")}
          </button>
        )}
      </div>
      <div className="head-acts">{children}</div>
    </div>
  );
}

const sum = (statuses: Record<string, number> = {}): number =>
  Object.values(statuses).reduce((a, b) => a + b, 0);

function NoMatch({ all, isFiltered, clear }: { all: number; isFiltered: boolean; clear: () => void }) {
  return (
    <div className="body">
      <div className="empty">
        <h2>{isFiltered ? "No run matches" : "No runs yet"}</h2>
        {isFiltered ? (
          <>
            {all > 0 && <p>{count(all)} do without the filter.</p>}
            <button type="button" className="btn" onClick={clear}>
              Take the filter out
            </button>
          </>
        ) : (
          <p>They appear here by themselves when a script submits one to this experiment.</p>
        )}
      </div>
    </div>
  );
}

const TYPING_MS = 180;

/** The search text goes to the address when typing pauses. */
function Search({ value, onChange, say }: { value: string; onChange: (text: string) => void; say: string }) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({ "/": { does: "Search runs", run: () => input.current?.focus() } });
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), TYPING_MS);
  };
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Escape") return;
    event.currentTarget.blur();
    type("");
  };
  return (
    <label className="field typed grow">
      <Icon name="search" />
      <span className="vh">Search runs</span>
      <input
        ref={input}
        type="text"
        value={text}
        placeholder="Search by name, id, tag"
        spellCheck={false}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span className="say">{say}</span>
      <Keys keys="/" />
    </label>
  );
}

function Chips({
  picked,
  statuses,
  onChange,
}: {
  picked: string[];
  statuses: Record<string, number>;
  onChange: (keys: string[]) => void;
}) {
  const toggle = (key: string) =>
    onChange(picked.includes(key) ? picked.filter((one) => one !== key) : [...picked, key]);
  return (
    <div className="tools">
      <fieldset className="chips" aria-label="Status">
        <button type="button" className="chip" aria-pressed={!picked.length} onClick={() => onChange([])}>
          All<span className="n">{count(sum(statuses))}</span>
        </button>
        {GROUPS.map((group) => {
          const n = group.statuses.reduce((total, status) => total + (statuses[status] ?? 0), 0);
          if (!n && !picked.includes(group.key)) return null;
          return (
            <button
              key={group.key}
              type="button"
              className="chip"
              aria-pressed={picked.includes(group.key)}
              onClick={() => toggle(group.key)}
            >
              <Status status={group.mark} bare silent />
              {group.label}
              <span className="n">{count(n)}</span>
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}
