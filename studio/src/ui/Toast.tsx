/** Short words about what was just done, at the lower right; gone after some seconds. */
import { useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { ApiError } from "../api/client";

interface Said {
  id: number;
  text: string;
}

const SHOWN_MS = 5000;
let said: Said[] = [];
let next = 1;
const watchers = new Set<() => void>();

function set(list: Said[]): void {
  said = list;
  for (const watcher of watchers) watcher();
}

export function say(text: string): void {
  const id = next++;
  set([...said.slice(-2), { id, text }]);
  setTimeout(() => set(said.filter((one) => one.id !== id)), SHOWN_MS);
}

/** Say why something could not be done, with the server's hint. */
export function sayError(error: unknown): void {
  if (error instanceof ApiError) say(error.hint ? `${error.message} ${error.hint}` : error.message);
  else say(error instanceof Error ? error.message : String(error));
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

export function Toasts() {
  const list = useSyncExternalStore(watch, () => said);
  return createPortal(
    <div className="toasts" role="status">
      {list.map((one) => (
        <div className="toast" key={one.id}>
          {one.text}
        </div>
      ))}
    </div>,
    document.body,
  );
}
