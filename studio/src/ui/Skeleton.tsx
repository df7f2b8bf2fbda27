import { useEffect, useState } from "react";

/** Grey bars where text will stand. They show after 200 ms and do not shimmer. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSeen(true), 200);
    return () => clearTimeout(timer);
  }, []);
  if (!seen) return null;
  return (
    <div className="body stack" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={`skel w-${4 - (row % 3)}`} />
      ))}
    </div>
  );
}
