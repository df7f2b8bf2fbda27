/** A line without axes, as wide as its place. */
export function sparkPath(values: (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return "";
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  let pen = "M";
  let path = "";
  values.forEach((value, index) => {
    if (value === null) {
      pen = "M";
      return;
    }
    const x = Math.round((index / (values.length - 1)) * 100);
    path += `${pen}${x} ${(17 - ((value - low) / span) * 16).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

export function Spark({ values, on = false }: { values: (number | null)[]; on?: boolean }) {
  return (
    <svg
      className={on ? "spark on" : "spark"}
      viewBox="0 0 100 18"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={sparkPath(values)} />
    </svg>
  );
}
