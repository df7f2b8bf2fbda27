import { Link } from "wouter";
import type { Artifact, Run } from "../../api/types";
import { useLog } from "../../logs/useLog";
import { copy } from "../../ui/Copy";
import { Icon } from "../../ui/Icon";
import { runPath, withQuery } from "../../ui/url";
import { BUILD_LOG, DRIVER_LOG } from "./mainLog";
import { findTrace, type Trace } from "./trace";

const TAIL_LINES = 6;

/** Why the run failed comes before everything else: the error in words, then the lines that say it. */
export function Fail({ run, files }: { run: Run; files: Artifact[] }) {
  const isBuild = run.error?.code === "BuildFailed";
  const path = isBuild ? BUILD_LOG : DRIVER_LOG;
  const { buffer, pending, missing } = useLog(
    run.run_id,
    path,
    false,
    files.find((file) => file.path === path)?.size,
  );
  const lines = Array.from({ length: buffer.count }, (_, index) => buffer.text(index));
  const trace = isBuild ? null : findTrace(lines);
  const message = run.error?.message ?? run.reason ?? "The run failed, and nobody said why.";
  return (
    <section className="section fail" aria-label="Why it failed">
      <h2>{trace ? trace.error : message}</h2>
      {trace && <p>{[where(trace), without(message, trace.error)].filter(Boolean).join(" ")}</p>}
      {!pending && lines.length > 0 && (
        <Excerpt
          runId={run.run_id}
          path={path}
          lines={trace?.lines ?? tail(lines)}
          lastLine={trace?.lastLine ?? lastSaid(lines)}
          numbered={missing === 0}
        />
      )}
      <div className="btn-row mt">
        <button
          type="button"
          className="btn quiet small"
          onClick={() => copy([message, ...(trace?.lines ?? tail(lines))].join("\n"), "error")}
        >
          <Icon name="copy" />
          Copy error
        </button>
        <Link className="btn quiet small" href={runPath(run.run_id, "logs") + withQuery("", { path })}>
          <Icon name="log" />
          {isBuild ? "Open the build log" : "Open the log"}
        </Link>
      </div>
    </section>
  );
}

const where = ({ file, line }: Trace): string => (file ? `In ${file}, line ${line}.` : "");

/** The server's sentence without the error that the heading has already said. */
const without = (message: string, error: string): string =>
  message.endsWith(`: ${error}`) ? `${message.slice(0, -error.length - 2)}.` : message;

function lastSaid(lines: string[]): number {
  let last = lines.length;
  while (last > 0 && !lines[last - 1]?.trim()) last--;
  return last;
}

function tail(lines: string[]): string[] {
  const last = lastSaid(lines);
  return lines.slice(Math.max(0, last - TAIL_LINES), last);
}

function Excerpt({
  runId,
  path,
  lines,
  lastLine,
  numbered,
}: {
  runId: string;
  path: string;
  lines: string[];
  lastLine: number;
  numbered: boolean;
}) {
  return (
    <div className="code frame mt-l" tabIndex={0} role="region" aria-label="What the log says">
      {lines.map((text, index) => {
        const number = lastLine - lines.length + index + 1;
        return (
          <div className={index === lines.length - 1 ? "ln err" : "ln"} key={number}>
            {numbered ? (
              <Link
                href={runPath(runId, "logs") + withQuery("", { path, line: String(number) })}
                aria-label={`Line ${number} of the log`}
              >
                {number}
              </Link>
            ) : (
              <span />
            )}
            <code>{text}</code>
          </div>
        );
      })}
    </div>
  );
}
