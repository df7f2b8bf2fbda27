/** Description and tags, editable where they stand. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "../../api/client";
import { mergeRun } from "../../api/queries";
import type { Run, RunPatch } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { sayError } from "../../ui/Toast";

export function Notes({ run }: { run: Run }) {
  const client = useQueryClient();
  const patch = async (body: RunPatch): Promise<boolean> => {
    try {
      const after = await send<Run>("PATCH", `runs/${encodeURIComponent(run.run_id)}`, body);
      client.setQueryData<Run>(["run", run.run_id], (before) => mergeRun(before, after));
      return true;
    } catch (error) {
      sayError(error);
      return false;
    }
  };
  return (
    <section className="section">
      <Description run={run} patch={patch} />
      <Tags run={run} patch={patch} />
    </section>
  );
}

type Patch = (body: RunPatch) => Promise<boolean>;

function Description({ run, patch }: { run: Run; patch: Patch }) {
  const [draft, setDraft] = useState<string | null>(null);
  const save = async () => {
    if (draft !== null && (await patch({ description: draft.trim() }))) setDraft(null);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") setDraft(null);
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
  };
  return (
    <>
      <div className="section-head">
        <h2>Notes</h2>
        <span className="more">
          <button
            type="button"
            className="btn icon quiet small"
            aria-label="Edit description"
            title="Edit description"
            onClick={() => setDraft(run.description ?? "")}
          >
            <Icon name="edit" />
          </button>
        </span>
      </div>
      {draft === null ? (
        <p className={run.description ? "small soft mt note-text" : "small mute mt"}>
          {run.description || "No description."}
        </p>
      ) : (
        <div className="stack mt">
          <textarea
            className="area"
            aria-label="Description"
            value={draft}
            // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <div className="btn-row">
            <button type="button" className="btn small" onClick={save}>
              Save
            </button>
            <button type="button" className="btn small quiet" onClick={() => setDraft(null)}>
              Leave as it was
            </button>
          </div>
        </div>
      )}
    </>
  );
}

/** `key: value`, `key=value` or a bare key. */
export function toTag(text: string): [string, string] | null {
  const cut = text.search(/[:=]/);
  const key = (cut < 0 ? text : text.slice(0, cut)).trim();
  return key ? [key, cut < 0 ? "" : text.slice(cut + 1).trim()] : null;
}

function Tags({ run, patch }: { run: Run; patch: Patch }) {
  const [draft, setDraft] = useState<string | null>(null);
  const add = async () => {
    const tag = toTag(draft ?? "");
    if (!tag || (await patch({ tags: { [tag[0]]: tag[1] } }))) setDraft(null);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") setDraft(null);
    if (event.key === "Enter") void add();
  };
  return (
    <div className="chips mt">
      {Object.entries(run.tags).map(([key, value]) => (
        <span className="tag" key={key}>
          {value ? (
            <>
              <span className="k">{key}</span> <span className="clip">{value}</span>
            </>
          ) : (
            <span className="clip">{key}</span>
          )}
          <button
            type="button"
            aria-label={`Remove tag ${key}`}
            title="Remove tag"
            onClick={() => patch({ remove_tags: [key] })}
          >
            <Icon name="close" small />
          </button>
        </span>
      ))}
      {draft === null ? (
        <button type="button" className="tag add" onClick={() => setDraft("")}>
          Add tag
        </button>
      ) : (
        <label className="field small w-short">
          <span className="vh">New tag</span>
          <input
            type="text"
            value={draft}
            placeholder="key: value"
            // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={onKeyDown}
            onBlur={add}
          />
        </label>
      )}
    </div>
  );
}
