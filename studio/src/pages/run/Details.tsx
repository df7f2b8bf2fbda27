import type { ReactNode } from "react";
import { useFiles } from "../../api/queries";
import type { Run } from "../../api/types";
import { Copy } from "../../ui/Copy";
import { count, duration, plural, time, utc } from "../../ui/format";
import { commandLine, parameters } from "../../ui/params";
import { isFinal } from "../../ui/status";
import { Fail } from "./Fail";
import { Figures, LastLine } from "./Figures";
import { mainLog } from "./mainLog";
import { Notes } from "./Notes";
import { Stages } from "./Stages";

/** Properties that stand in words on the right, or are our own marks. */
const SHOWN_ELSEWHERE = /^(homerun\.|azureml\.git\.|mlflow\.source\.git\.|ContentSnapshotId$)/;
/** The limit that a run has when nobody set one. */
const USUAL_LIMIT_S = 30 * 86400;

/** The answer first: error or stage and why, last values, last log line; then what was asked for. */
export function Details({ run }: { run: Run }) {
  const files = useFiles(run.run_id, !isFinal(run.status));
  const failed = run.status === "Failed";
  return (
    <div className="split">
      <div className="body">
        {failed && files.data && <Fail run={run} files={files.data} />}
        <section className="section" aria-label="Progress">
          <Stages run={run} />
        </section>
        <Figures run={run} />
        {!failed && (
          <LastLine run={run} file={files.data?.find((file) => file.path === mainLog(run, files.data))} />
        )}
        <Parameters run={run} />
        <Command run={run} />
        <Pairs title="Environment variables" pairs={Object.entries(run.environment_variables)} />
        <Pairs
          title="Properties"
          pairs={Object.entries(run.properties).filter(([name]) => !SHOWN_ELSEWHERE.test(name))}
        />
      </div>
      <aside aria-label="About this run">
        <Notes run={run} />
        <Where run={run} />
        <Inputs run={run} />
      </aside>
    </div>
  );
}

function Parameters({ run }: { run: Run }) {
  const pairs = parameters(run);
  if (!pairs.length) return null;
  return (
    <section className="section">
      <div className="section-head">
        <h2>Parameters</h2>
        <span className="n mute tiny">{count(pairs.length)}</span>
      </div>
      <dl className={pairs.length > 3 ? "pairs cols" : "pairs"}>
        {pairs.map(([name, value], index) => (
          <div key={`${name}${index}`}>
            <dt>
              <span className="mono">{name}</span>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Command({ run }: { run: Run }) {
  const text = commandLine(run);
  if (!text) return null;
  const code = run.error?.exit_code;
  const end =
    code !== null && code !== undefined
      ? `Exit code ${code}`
      : run.status === "Completed"
        ? "Exit code 0"
        : "";
  return (
    <section className="section">
      <div className="section-head">
        <h2>Command</h2>
        <span className="more">{end}</span>
      </div>
      <div className="codebox mt" tabIndex={0} role="region" aria-label="Command">
        <pre>{text}</pre>
        <Copy text={text} what="command" />
      </div>
    </section>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: [string, string][] }) {
  if (!pairs.length) return null;
  return (
    <section className="section">
      <div className="section-head">
        <h2>{title}</h2>
        <span className="n mute tiny">{count(pairs.length)}</span>
      </div>
      <dl className="pairs">
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>
              <span className="mono">{name}</span>
            </dt>
            <dd>
              <span className="mono">{value}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Where({ run }: { run: Run }) {
  const share = [run.cores && plural(run.cores, "core"), run.gpus.length && plural(run.gpus.length, "GPU")]
    .filter(Boolean)
    .join(", ");
  const environment = [run.environment_name, run.environment_version].filter(Boolean).join(":");
  const git = gitOf(run);
  const rows: [string, ReactNode][] = [
    ["Compute", run.target],
    ["Share", share],
    [
      "Environment",
      environment && (
        <>
          {environment}
          {run.image_digest && (
            <>
              <br />
              <span className="mono mute">{run.image_digest.slice(0, 12)}</span>
            </>
          )}
        </>
      ),
    ],
    ["Snapshot", run.snapshot_id && <span className="mono">{run.snapshot_id.slice(0, 12)}</span>],
    ["Git", git && <span className="mono">{git}</span>],
    [
      "Submitted",
      <span key="at" title={utc(run.created_ms)}>
        {time(run.created_ms)}
        {run.submitted_by ? ` by ${run.submitted_by}` : ""}
      </span>,
    ],
    ["Ended", run.ended_ms !== null && <span title={utc(run.ended_ms)}>{time(run.ended_ms)}</span>],
    [
      "At most",
      run.max_run_duration_s !== null &&
        run.max_run_duration_s !== USUAL_LIMIT_S &&
        duration(run.max_run_duration_s * 1000),
    ],
    ["Attempt", run.lease_epoch > 1 && count(run.lease_epoch)],
  ];
  return (
    <section className="section">
      <div className="section-head">
        <h2>{isFinal(run.status) ? "Where it ran" : "Where it runs"}</h2>
      </div>
      <dl className="pairs">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function gitOf(run: Run): string {
  const commit = run.properties["azureml.git.commit"] ?? run.properties["mlflow.source.git.commit"];
  const branch = run.properties["azureml.git.branch"] ?? run.properties["mlflow.source.git.branch"];
  return commit ? `${branch ? `${branch}@` : ""}${commit.slice(0, 7)}` : "";
}

function Inputs({ run }: { run: Run }) {
  if (!run.inputs.length) return null;
  return (
    <section className="section">
      <div className="section-head">
        <h2>Inputs</h2>
      </div>
      <dl className="pairs">
        {run.inputs.map((input, index) => (
          <div key={input.name ?? index}>
            <dt>
              <span className="mono">{input.name}</span>
            </dt>
            <dd>
              {input.datastore} <span className="mono">{(input.paths ?? []).join(", ")}</span>{" "}
              <span className="mute">{input.mode}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
