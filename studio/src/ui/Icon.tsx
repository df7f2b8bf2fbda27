/** The icons, as paths on a 16 px grid. */
const PATHS = {
  experiments: "M6.2 2v4.2L2.6 12a1.4 1.4 0 0 0 1.2 2h8.4a1.4 1.4 0 0 0 1.2-2L9.8 6.2V2M5 2h6M4.6 9.8h6.8",
  runs: "M2.5 3.5h2M2.5 8h2M2.5 12.5h2M7 3.5h6.5M7 8h6.5M7 12.5h6.5",
  search: "M11.5 7a4.5 4.5 0 1 1-9 0a4.5 4.5 0 0 1 9 0M10.5 10.5L14 14",
  filter: "M2.5 4h11M4.500 8h7M6.500 12h3",
  theme:
    "M11 8a3 3 0 1 1-6 0a3 3 0 0 1 6 0M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  copy: "M7 5.5h5a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.500 12V7A1.5 1.5 0 0 1 7 5.500M3.5 10.5H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1h6.5a1 1 0 0 1 1 1v.5",
  stop: "M5.500 4h5A1.500 1.500 0 0 1 12 5.500v5a1.500 1.500 0 0 1-1.500 1.500h-5A1.500 1.500 0 0 1 4 10.500v-5A1.500 1.500 0 0 1 5.500 4z",
  log: "M3 4l3 3-3 3M8 11.5h5",
  file: "M4 1.5h5L12.5 5v9.500H4zM9 1.500V5h3.500",
  folder: "M1.8 4v8.500h12.400V5H8L6.500 3.200H1.800z",
  image:
    "M3.5 2.500h9A1.500 1.500 0 0 1 14 4v8a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 2 12V4a1.500 1.500 0 0 1 1.500-1.500M2 11l3.500-3.500 3 3 2-2L14 12M10.500 5.800h.01",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  end: "M8 3v9M4 8.500l4 4 4-4M3 14.500h10",
  wrap: "M2 4h12M2 8h9.500a2.200 2.200 0 0 1 0 4.400H8.500M10 10.500l-2 2 2 2M2 12.400h3",
  download: "M8 2v8M4.500 7L8 10.500 11.500 7M2.500 13.500h11",
  columns:
    "M3.500 2.500h9A1.500 1.500 0 0 1 14 4v8a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 2 12V4a1.500 1.500 0 0 1 1.500-1.500M6 2.500v11M10 2.500v11",
  edit: "M10.500 3l2.500 2.500L6 12.500l-3.200.7.7-3.200z",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M4 6l4 4 4-4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg className={small ? "i i-s" : "i"} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: home plate with an h. */
export function Mark() {
  return (
    <svg viewBox="0 0 18 18" aria-hidden="true">
      <path d="M2 2h14v7.5L9 16.500 2 9.500z" fill="currentColor" />
      <path
        d="M6 5.500v5M12 5.500v5M6 8h6"
        stroke="var(--sunken)"
        strokeWidth="1.8"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
