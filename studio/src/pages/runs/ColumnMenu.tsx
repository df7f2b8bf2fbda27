import { useEffect, useRef, useState } from "react";
import type { Run } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { offered } from "./columns";

/** Which metrics and parameters have a column. */
export function ColumnMenu({
  runs,
  shown,
  onChange,
  isDefault,
  onReset,
}: {
  runs: Run[];
  shown: string[];
  onChange: (keys: string[]) => void;
  isDefault: boolean;
  onReset: () => void;
}) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: Event) => {
      const isInside = event.target instanceof Node && box.current?.contains(event.target);
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !isInside) setOpen(false);
    };
    document.addEventListener("mousedown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("mousedown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);
  const { metrics, params } = offered(runs);
  const stale = shown.filter((key) => !metrics.includes(key.slice(2)) && !params.includes(key.slice(2)));
  const toggle = (key: string) =>
    onChange(shown.includes(key) ? shown.filter((one) => one !== key) : [...shown, key]);
  const group = (title: string, prefix: string, names: string[]) =>
    names.length > 0 && (
      <fieldset>
        <legend className="menu-head">{title}</legend>
        {names.map((name) => (
          <label key={name} className="menu-item">
            <input
              type="checkbox"
              className="check"
              checked={shown.includes(prefix + name)}
              onChange={() => toggle(prefix + name)}
            />
            <span className="mono clip">{name}</span>
          </label>
        ))}
      </fieldset>
    );
  return (
    <div className="drop" ref={box}>
      <button
        type="button"
        className="btn quiet"
        aria-expanded={open}
        aria-haspopup="true"
        onClick={() => setOpen(!open)}
      >
        <Icon name="columns" />
        Columns
      </button>
      {open && (
        <div className="menu drop-menu">
          {!metrics.length && !params.length && (
            <p className="menu-head">These runs have no metrics and no parameters.</p>
          )}
          {group("Metrics", "m:", [...metrics, ...of(stale, "m:")])}
          {group("Parameters", "p:", [...params, ...of(stale, "p:")])}
          {!isDefault && (
            <button type="button" className="menu-item" onClick={onReset}>
              Back to the usual columns
            </button>
          )}
        </div>
      )}
    </div>
  );
}

const of = (keys: string[], prefix: string): string[] =>
  keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
