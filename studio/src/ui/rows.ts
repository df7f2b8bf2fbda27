/** The row one is at in a list: j and k move, Enter opens. */
import { useState } from "react";
import { useKeys } from "./keys";

export function useRows(length: number, open: (row: number) => void): number {
  const [at, setAt] = useState(-1);
  const row = Math.min(at, length - 1);
  useKeys({
    j: { does: "Next row", run: () => setAt(Math.min(row + 1, length - 1)) },
    k: { does: "Row before", run: () => setAt(Math.max(row - 1, 0)) },
    Enter: { does: "Open the row", run: () => row >= 0 && open(row) },
  });
  return row;
}
