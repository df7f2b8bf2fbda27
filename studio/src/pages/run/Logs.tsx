import { fileUrl } from "../../api/client";
import type { Artifact, Run } from "../../api/types";
import { LogView } from "../../logs/LogView";
import { bytes, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { isFinal, isWaiting } from "../../ui/status";
import { isImage, Tree } from "../../ui/Tree";
import { runPath, useQueryState, withQuery } from "../../ui/url";
import { BUILD_LOG, DRIVER_LOG, mainLog } from "./mainLog";

/** Files of the run, and the one that is open. The main log opens by itself. */
export function Logs({ run, files, pending }: { run: Run; files: Artifact[]; pending: boolean }) {
  const [query, change] = useQueryState();
  const path = query.get("path") ?? mainLog(run, files);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const hrefOf = (file: string) => runPath(run.run_id, "logs") + withQuery("", { path: file });
  return (
    <div className="panes flat">
      <div className="side" tabIndex={0} role="region" aria-label="Files">
        <Tree
          files={files}
          current={path}
          hrefOf={hrefOf}
          onOpen={(file) => change({ path: file, line: null, find: null }, true)}
        />
        {files.length > 0 && (
          <div className="side-foot tiny mute">
            {plural(files.length, "file")}, {bytes(size)}
          </div>
        )}
      </div>
      <div className="main">
        {path === null ? (
          <NoFiles run={run} pending={pending} />
        ) : (
          <File run={run} file={files.find((one) => one.path === path)} path={path} />
        )}
      </div>
    </div>
  );
}

function File({ run, file, path }: { run: Run; file: Artifact | undefined; path: string }) {
  if (isImage(path)) return <Picture runId={run.run_id} path={path} />;
  const isLive = file
    ? file.live && !isFinal(run.status)
    : !isFinal(run.status) && (path === DRIVER_LOG || path === BUILD_LOG);
  const foot =
    path === BUILD_LOG && isWaiting(run.status)
      ? "The driver log opens here by itself when the script starts"
      : "";
  return (
    <LogView
      key={path}
      runId={run.run_id}
      path={path}
      isLive={isLive}
      size={file?.size}
      note={noteOf(path)}
      foot={foot}
    />
  );
}

function noteOf(path: string): string {
  if (path === DRIVER_LOG) return "stdout and stderr";
  return path === BUILD_LOG ? "the environment's build" : "";
}

function Picture({ runId, path }: { runId: string; path: string }) {
  const url = fileUrl(runId, path);
  return (
    <>
      <div className="pane-bar">
        <span className="grow clip mono">{path}</span>
        <a
          className="btn icon quiet small"
          href={url}
          download
          aria-label="Download this file"
          title="Download this file"
        >
          <Icon name="download" />
        </a>
      </div>
      <div className="body picture" tabIndex={0} role="region" aria-label={path}>
        <img src={url} alt={path} />
      </div>
    </>
  );
}

function NoFiles({ run, pending }: { run: Run; pending: boolean }) {
  if (pending) return null;
  const over = isFinal(run.status);
  return (
    <div className="body">
      <div className="empty">
        <h2>{over ? "This run left no files" : "No files yet"}</h2>
        <p>
          {over
            ? "It wrote nothing to stdout, stderr, outputs/ or logs/."
            : "The log opens here by itself as soon as the script writes its first line."}
        </p>
      </div>
    </div>
  );
}
