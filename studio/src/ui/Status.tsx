import type { ReactNode } from "react";
import { word } from "./status";

/** Shape, colour and word. Where the word is hidden (`bare`) it is still there for screen readers. */
export function Status({
  status,
  bare = false,
  big = false,
  beat = false,
  silent = false,
  children,
}: {
  status: string;
  bare?: boolean;
  big?: boolean;
  beat?: boolean;
  /** Not read out: the words stand beside it. */
  silent?: boolean;
  /** Other words than the status's own. */
  children?: ReactNode;
}) {
  const names = ["st", bare && "bare", big && "big", beat && status === "Running" && "beat"].filter(Boolean);
  return (
    <span
      className={names.join(" ")}
      data-s={status}
      aria-hidden={silent || undefined}
      title={bare ? word(status) : undefined}
    >
      {children ?? word(status)}
    </span>
  );
}
