import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { send } from "../../api/client";
import type { Run } from "../../api/types";
import { Copy } from "../../ui/Copy";
import { useNow } from "../../ui/clock";
import { Dialog } from "../../ui/Dialog";
import { ago, duration, time, utc } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { Status } from "../../ui/Status";
import { isFinal, isWaiting, ranMs, sinceMs } from "../../ui/status";
import { say, sayError } from "../../ui/Toast";
import { experimentPath } from "../../ui/url";

/** Name, state and why, and what can be done about it. */
export function RunHead({ run }: { run: Run }) {
  const nowMs = useNow(!isFinal(run.status));
  const environment = [run.environment_name, run.environment_version].filter(Boolean).join(":");
  return (
    <div className="head">
      <div className="head-title">
        <h1>{run.display_name}</h1>
        <span role="status">
          <Status status={run.status} big beat />
        </span>
        <span className="mute small clip" title={run.reason ?? undefined}>
          {about(run, nowMs)}
        </span>
      </div>
      <div className="head-acts">
        <Cancel run={run} />
      </div>
      <div className="facts">
        <span>
          Experiment <Link href={experimentPath(run.experiment)}>{run.experiment}</Link>
        </span>
        <span>
          on <b>{run.target}</b>
        </span>
        {environment && (
          <span>
            in <b>{environment}</b>
          </span>
        )}
        <span>
          {run.started_ms === null ? "submitted" : "started"}{" "}
          <b title={utc(run.started_ms ?? run.created_ms)}>{time(run.started_ms ?? run.created_ms)}</b>
        </span>
        <span className="row">
          <span className="mono">{run.run_id}</span>
          <Copy text={run.run_id} what="run id" />
        </span>
      </div>
    </div>
  );
}

/** The state in a few words: why it waits, how long it has run, how it ended. */
function about(run: Run, nowMs: number): string {
  const ran = ranMs(run, nowMs);
  if (isWaiting(run.status)) return [run.reason, ago(nowMs - sinceMs(run))].filter(Boolean).join(", ");
  if (run.status === "NotResponding" || run.status === "CancelRequested") return run.reason ?? "";
  if (ran === null) return "";
  return run.status === "Failed" || run.status === "Canceled" ? `after ${duration(ran)}` : duration(ran);
}

function Cancel({ run }: { run: Run }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();
  const possible = !isFinal(run.status) && run.status !== "CancelRequested";
  useKeys({ X: { does: "Cancel the run", run: () => setAsking(possible) } });
  if (!possible) return null;
  const cancel = async () => {
    setBusy(true);
    try {
      client.setQueryData(
        ["run", run.run_id],
        await send<Run>("POST", `runs/${encodeURIComponent(run.run_id)}/cancel`),
      );
      say(`Canceling ${run.display_name}.`);
    } catch (error) {
      sayError(error);
    }
    setBusy(false);
    setAsking(false);
  };
  return (
    <>
      <button type="button" className="btn danger" onClick={() => setAsking(true)}>
        <Icon name="stop" />
        Cancel
      </button>
      {asking && (
        <Dialog title={`Cancel ${run.display_name}?`} onClose={() => setAsking(false)}>
          <p>
            {isWaiting(run.status)
              ? "It has not started. It leaves the queue."
              : "Its script gets a signal and time to save. Logs and metrics so far are kept."}
          </p>
          <div className="btn-row">
            <button type="button" className="btn" onClick={() => setAsking(false)} data-focus>
              {isWaiting(run.status) ? "Keep waiting" : "Keep running"}
            </button>
            <button type="button" className="btn danger sure" onClick={cancel} disabled={busy}>
              Cancel run
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
