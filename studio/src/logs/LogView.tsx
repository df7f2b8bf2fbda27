import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { fileUrl } from "../api/client";
import { copy } from "../ui/Copy";
import { bytes, count, plural } from "../ui/format";
import { Icon } from "../ui/Icon";
import { Keys } from "../ui/Keys";
import { useKeys } from "../ui/keys";
import { Problem } from "../ui/Problem";
import { Skeleton } from "../ui/Skeleton";
import { Status } from "../ui/Status";
import { useQueryState, withQuery } from "../ui/url";
import { type LinesHandle, LogLines } from "./LogLines";
import { find, type Hit } from "./search";
import { type Log, useLog } from "./useLog";

export interface LogViewProps {
  runId: string;
  path: string;
  isLive: boolean;
  /** Of the file when it is opened; undefined: it is not there yet. */
  size: number | undefined;
  note: string;
  foot: string;
}

/** A text file of a run: live tail, search, wrapping, links to lines. */
export function LogView({ runId, path, isLive, size, note, foot }: LogViewProps) {
  const log = useLog(runId, path, isLive, size);
  const [query, change] = useQueryState();
  const line = toLine(query.get("line"));
  const wrap = query.get("wrap") === "1";
  const [follow, setFollow] = useState(isLive && line === null);
  const lines = useRef<LinesHandle>(null);
  const search = useSearch(log, query.get("find") ?? "", (hit) => {
    setFollow(false);
    lines.current?.toLine(hit.line);
  });
  const isHere = !log.pending && !log.error;
  useEffect(() => {
    if (!isHere) return;
    if (line !== null) lines.current?.toLine(line);
    else if (!isLive && isLog(path)) lines.current?.toEnd();
  }, [isHere, line, isLive, path]);
  const toEnd = useCallback(() => {
    setFollow(isLive);
    lines.current?.toEnd();
  }, [isLive]);
  useKeys({
    "/": { does: "Search in this file", run: () => search.input.current?.focus() },
    n: { does: "Next hit", run: () => search.step(1) },
    N: { does: "Hit before", run: () => search.step(-1) },
    G: { does: "To the end", run: toEnd },
    w: { does: "Wrap long lines", run: () => change({ wrap: wrap ? null : "1" }) },
  });
  const lineHref = (index: number) =>
    window.location.pathname + withQuery(window.location.search, { path, line: String(index + 1) });
  const onLine = (index: number) => {
    change({ path, line: String(index + 1) });
    setFollow(false);
    void copy(new URL(lineHref(index), window.location.origin).toString(), `link to line ${index + 1}`);
  };
  return (
    <>
      <div className="pane-bar">
        <span className="grow clip">
          <span className="mono">{path}</span> <span className="mute">{note}</span>
        </span>
        <SearchField
          search={search}
          value={query.get("find") ?? ""}
          onChange={(text) => change({ find: text })}
        />
        {isLive && (
          <button
            type="button"
            className="btn quiet small"
            aria-pressed={follow}
            onClick={() => (follow ? setFollow(false) : toEnd())}
          >
            <Icon name="end" />
            Follow
          </button>
        )}
        <button
          type="button"
          className="btn quiet small"
          aria-pressed={wrap}
          onClick={() => change({ wrap: wrap ? null : "1" })}
        >
          <Icon name="wrap" />
          Wrap
        </button>
        <a
          className="btn icon quiet small"
          href={fileUrl(runId, path)}
          download
          aria-label="Download this file"
          title="Download this file"
        >
          <Icon name="download" />
        </a>
      </div>
      {log.missing > 0 && (
        <div className="banner">
          <span>The first {bytes(log.missing)} of this file are not shown.</span>
          <button type="button" className="btn small" onClick={log.loadMore}>
            Show more
          </button>
        </div>
      )}
      {log.error && <Problem error={log.error} />}
      {log.pending && <Skeleton />}
      {isHere && log.isBinary && <Binary href={fileUrl(runId, path)} size={log.size} />}
      {isHere && !log.isBinary && (
        <div className="rel">
          <LogLines
            label={path}
            buffer={log.buffer}
            version={log.version}
            wrap={wrap}
            follow={follow}
            at={line}
            hits={search.hits}
            hitLength={search.length}
            hitNow={search.now}
            numbered={log.missing === 0}
            lineHref={lineHref}
            onLine={onLine}
            onFollow={isLive ? setFollow : ignore}
            handle={lines}
          />
          {isLive && !follow && (
            <button type="button" className="pill follow" onClick={toEnd}>
              <Icon name="down" small />
              To the end
            </button>
          )}
        </div>
      )}
      {isHere && !log.isBinary && <LogFoot log={log} isLive={isLive} follow={follow} foot={foot} />}
    </>
  );
}

function LogFoot({
  log,
  isLive,
  follow,
  foot,
}: {
  log: Log;
  isLive: boolean;
  follow: boolean;
  foot: string;
}) {
  return (
    <div className="pane-foot">
      {isLive ? (
        <Status status={follow ? "Running" : "Paused"}>{follow ? "Following" : "Not following"}</Status>
      ) : (
        <span>{log.missing ? "The end of the file" : "The whole file"}</span>
      )}
      <span className="lines-n">
        {plural(log.buffer.count, "line")}, {bytes(log.size)}
      </span>
      <span className="end row">
        {foot && <span>{foot}</span>}
        Next hit <Keys keys="n" /> To the end <Keys keys="G" />
      </span>
    </div>
  );
}

const ignore = () => {};

/** What is read from its end. */
const isLog = (path: string): boolean => /^(azureml-)?logs\//.test(path);

function toLine(text: string | null): number | null {
  const number = Number.parseInt(text ?? "", 10);
  return number > 0 ? number - 1 : null;
}

interface Search {
  hits: Hit[];
  length: number;
  index: number;
  now: Hit | null;
  step: (by: number) => void;
  input: React.RefObject<HTMLInputElement | null>;
}

function useSearch(log: Log, text: string, show: (hit: Hit) => void): Search {
  const [index, setIndex] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the buffer has grown
  const hits = useMemo(() => find(log.buffer, text), [log.buffer, log.version, text]);
  const at = hits.length ? Math.min(index, hits.length - 1) : -1;
  const step = (by: number) => {
    if (!hits.length) return;
    const next = (at + by + hits.length) % hits.length;
    setIndex(next);
    const hit = hits[next];
    if (hit) show(hit);
  };
  return { hits, length: text.length, index: at, now: hits[at] ?? null, step, input };
}

function SearchField({
  search,
  value,
  onChange,
}: {
  search: Search;
  value: string;
  onChange: (text: string) => void;
}) {
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") search.step(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      onChange("");
      event.currentTarget.blur();
    }
  };
  return (
    <div className="field w-find small">
      <Icon name="search" />
      <input
        ref={search.input}
        type="text"
        aria-label="Search in this file"
        placeholder="Search"
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {value ? (
        <>
          <span className="say" role="status">
            {search.hits.length ? `${count(search.index + 1)} of ${count(search.hits.length)}` : "not found"}
          </span>
          <button
            type="button"
            className="btn quiet small icon"
            aria-label="Hit before"
            onClick={() => search.step(-1)}
          >
            <Icon name="up" small />
          </button>
          <button
            type="button"
            className="btn quiet small icon"
            aria-label="Next hit"
            onClick={() => search.step(1)}
          >
            <Icon name="down" small />
          </button>
        </>
      ) : (
        <Keys keys="/" />
      )}
    </div>
  );
}

function Binary({ href, size }: { href: string; size: number }) {
  return (
    <div className="body">
      <div className="empty">
        <h2>This file is not text</h2>
        <p>It has {bytes(size)}.</p>
        <a className="btn" href={href} download>
          <Icon name="download" />
          Download
        </a>
      </div>
    </div>
  );
}
