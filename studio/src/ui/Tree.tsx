/** Files as a tree: folders first open, each file with its size. */
import type { MouseEvent } from "react";
import type { Artifact } from "../api/types";
import { bytes } from "./format";
import { Icon, type IconName } from "./Icon";

interface Row {
  key: string;
  name: string;
  level: number;
  file: Artifact | null;
}

/** Rows in the order of the paths; each folder once, before what lies in it. */
export function treeRows(files: Artifact[]): Row[] {
  const rows: Row[] = [];
  const folders = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const parts = file.path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join("/");
      if (folders.has(folder)) continue;
      folders.add(folder);
      rows.push({ key: `${folder}/`, name: parts[depth - 1] ?? "", level: depth - 1, file: null });
    }
    rows.push({ key: file.path, name: parts.at(-1) ?? "", level: parts.length - 1, file });
  }
  return rows;
}

export const isImage = (path: string): boolean => /\.(png|jpe?g|gif|webp|svg|bmp)$/i.test(path);

function iconOf(row: Row): IconName {
  if (!row.file) return "folder";
  if (isImage(row.name)) return "image";
  return /log|\.txt$/i.test(row.file.path) ? "log" : "file";
}

export function Tree({
  files,
  current,
  hrefOf,
  onOpen,
}: {
  files: Artifact[];
  current: string | null;
  hrefOf: (path: string) => string;
  onOpen: (path: string) => void;
}) {
  const open = (event: MouseEvent, path: string) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(path);
  };
  return (
    <nav className="tree" aria-label="Files of the run">
      <ul>
        {treeRows(files).map((row) => (
          <li key={row.key}>
            {row.file ? (
              <a
                href={hrefOf(row.file.path)}
                onClick={(event) => open(event, row.file?.path ?? "")}
                aria-current={row.file.path === current ? "page" : undefined}
                className={`lvl-${Math.min(row.level, 3)}${row.file.live ? " new" : ""}`}
                title={row.file.path}
              >
                <Icon name={iconOf(row)} />
                <span className="nm">{row.name}</span>
                <span className="size">{bytes(row.file.size)}</span>
              </a>
            ) : (
              <span className={`folder lvl-${Math.min(row.level, 3)}`}>
                <Icon name="folder" />
                <span className="nm">{row.name}</span>
              </span>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}
