import type { ReactNode } from "react";
import { word } from "./status";

/** Shape, colour and word. Where the word is hidden (`bare`) it is still there for screen readers. */
export function Status({
  status,
  bare = false,
  big = false,
  beat = false,
  children,
}: {
  status: string;
  bare?: boolean;
  big?: boolean;
  beat?: boolean;
  /** Other words than the status's own. */
  children?: ReactNode;
}) {
  const names = ["st", bare && "bare", big && "big", beat && status === "Running" && "beat"].filter(Boolean);
  return (
    <span className={names.join(" ")} data-s={status} title={bare ? word(status) : undefined}>
      {children ?? word(status)}
    </span>
  );
}
