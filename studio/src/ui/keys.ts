/** Keys of a page. A key is what `KeyboardEvent.key` says; `g e` is two keys, one after the other. */
import { useEffect, useRef } from "react";

export interface Shortcut {
  does: string;
  run: () => void;
}
export type Shortcuts = Record<string, Shortcut>;

const SECOND_KEY_MS = 1200;
const active: Shortcuts[] = [];
let first: { key: string; atMs: number } | undefined;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "range", "button"].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}

function find(key: string): Shortcut | undefined {
  for (const shortcuts of [...active].reverse()) if (shortcuts[key]) return shortcuts[key];
  return undefined;
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("[aria-modal]")) return;
  if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a, button"))
    return;
  const pair =
    first && Date.now() - first.atMs < SECOND_KEY_MS ? find(`${first.key} ${event.key}`) : undefined;
  first = { key: event.key, atMs: Date.now() };
  const shortcut = pair ?? find(event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run();
}

/** Bind keys while mounted; what was bound last wins. */
export function useKeys(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const own: Shortcuts = {};
    for (const key of Object.keys(latest.current)) {
      own[key] = {
        does: latest.current[key]?.does ?? "",
        run: () => latest.current[key]?.run(),
      };
    }
    if (!active.length) window.addEventListener("keydown", onKey);
    active.push(own);
    return () => {
      active.splice(active.indexOf(own), 1);
      if (!active.length) window.removeEventListener("keydown", onKey);
    };
  }, []);
}

/** All keys bound now with what they do, the page's own first. */
export function boundKeys(): [string, string][] {
  const found = new Map<string, string>();
  for (const shortcuts of [...active].reverse()) {
    for (const [key, { does }] of Object.entries(shortcuts)) if (!found.has(key)) found.set(key, does);
  }
  return [...found];
}
