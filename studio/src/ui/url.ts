/** The query string is the state of a view: every view is an address, and Back restores it. */
import { useCallback } from "react";
import { useLocation, useSearch } from "wouter";

/** Change some of a query string; null, "" and false take a key out. Unknown keys stay. */
export function withQuery(search: string, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text ? `?${text}` : "";
}

type Change = (changes: Record<string, string | null>, push?: boolean) => void;

/** The query string, and how to change it: in place, or as a step that Back undoes. */
export function useQueryState(): [URLSearchParams, Change] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const change = useCallback<Change>(
    (changes, push = false) => {
      navigate(path + withQuery(window.location.search, changes), { replace: !push });
    },
    [path, navigate],
  );
  return [new URLSearchParams(search), change];
}

/** The app's own base path, as `<base href>` says it: "" at the root. */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/[^/]*$/, "").replace(/\/$/, "");
}

export const runPath = (runId: string, tab = ""): string =>
  `/runs/${encodeURIComponent(runId)}${tab ? `/${tab}` : ""}`;

export const experimentPath = (name: string): string => `/experiments/${encodeURIComponent(name)}`;
