/** Server-sent events by `fetch`: unlike EventSource it sees heartbeats and refusals. */

/** Split a growing text into the data of whole events; gives what is left for the next call. */
export function splitEvents(text: string): { data: string[]; rest: string } {
  const normal = text.replaceAll("\r\n", "\n");
  const cut = normal.lastIndexOf("\n\n");
  if (cut < 0) return { data: [], rest: normal };
  const data: string[] = [];
  for (const block of normal.slice(0, cut).split("\n\n")) {
    const lines = block.split("\n").filter((line) => line.startsWith("data:"));
    if (lines.length) data.push(lines.map((line) => line.slice(5).replace(/^ /, "")).join("\n"));
  }
  return { data, rest: normal.slice(cut + 2) };
}

/** Read one stream to its end. `onSign` is called for every byte that comes, heartbeats included. */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onData: (data: string) => void,
  onSign: () => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onSign();
    const found = splitEvents(rest + decoder.decode(value, { stream: true }));
    rest = found.rest;
    for (const data of found.data) onData(data);
  }
}
