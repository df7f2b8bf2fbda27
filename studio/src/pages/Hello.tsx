import type { ReactNode } from "react";
import { useMachine } from "../api/queries";
import { Copy } from "../ui/Copy";
import { plural } from "../ui/format";
import { Status } from "../ui/Status";

const TRY = "homerun submit hello.py";
const SCRIPT = `from azureml.core import Run

run = Run.get_context()
run.log("loss", loss, step=step)`;
const SUBMIT = `from azureml.core import Experiment, ScriptRunConfig, Workspace

workspace = Workspace.from_config()
config = ScriptRunConfig("src", "train.py")
Experiment(workspace, "first").submit(config)`;

const WORDS = /\b(from|import)\b|"[^"]*"/g;

/** Keywords and strings of a few lines of Python, coloured. */
function Python({ text }: { text: string }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(WORDS)) {
    parts.push(text.slice(at, match.index));
    parts.push(
      <span key={match.index} className={match[1] ? "kw" : "st-r"}>
        {match[0]}
      </span>,
    );
    at = match.index + match[0].length;
  }
  return (
    <pre>
      {parts}
      {text.slice(at)}
    </pre>
  );
}

function Step({ title, text, code, what }: { title: string; text: ReactNode; code: string; what: string }) {
  return (
    <li>
      <div>
        <h2 className="h3">{title}</h2>
        <p>{text}</p>
      </div>
      <div className="codebox hl" tabIndex={0} role="region" aria-label={title}>
        <Python text={code} />
        <Copy text={code} what={what} />
      </div>
    </li>
  );
}

/** The page before the first run: three things to type. It leaves by itself when a run arrives. */
export function Hello() {
  const { data } = useMachine();
  const about = data && [
    plural(data.cores, "core"),
    ...(data.gpus ? [plural(data.gpus, "GPU")] : []),
    `${Math.round(data.memory_mb / 1024)} GB`,
  ];
  return (
    <div className="hello">
      <h1>Ready for the first run</h1>
      <p className="lede">
        Scripts written for the Azure ML SDK v1 run here as they are. This page fills by itself as soon as the
        first run arrives.
      </p>
      <ol className="hello-steps">
        <Step
          title="Try it in ten seconds"
          text="Submits one file to this machine; its log opens here."
          code={TRY}
          what="command"
        />
        <Step
          title="Bring your script"
          text="One line gives it metrics and files. Without a server it is an offline run."
          code={SCRIPT}
          what="code"
        />
        <Step
          title="Submit it from Python"
          text={
            <>
              The workspace is this one: its settings are found by <span className="mono">from_config</span>.
            </>
          }
          code={SUBMIT}
          what="code"
        />
      </ol>
      <p className="row mt-xl small soft">
        <Status status="Queued" bare />
        Waiting for the first run{about && <span className="mute"> on this machine: {about.join(", ")}</span>}
      </p>
    </div>
  );
}
