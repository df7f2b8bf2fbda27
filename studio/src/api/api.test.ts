// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError, apiUrl, fileUrl, get, onUnauthorized, readSlice } from "./client";
import { Live, streamQuery } from "./live";
import { splitEvents } from "./sse";
import { splitTicket, takeTicket } from "./ticket";
import type { StreamEvent } from "./types";

document.head.append(Object.assign(document.createElement("base"), { href: "/" }));

const answers: ((request: Request) => Response | Promise<Response>)[] = [];
const asked: Request[] = [];

beforeEach(() => {
  answers.length = 0;
  asked.length = 0;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { signal, ...rest } = init;
    const request = new Request(url, rest);
    asked.push(request);
    const answer = answers.shift();
    if (!answer)
      return new Promise<Response>((_, reject) =>
        signal?.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    return answer(request);
  });
});
const stops: (() => void)[] = [];
const hear = (live: Live, topic: string, handler: (event: StreamEvent) => void = () => {}) => {
  const stop = live.subscribe(topic, handler);
  stops.push(stop);
  return stop;
};
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.unstubAllGlobals();
});

describe("the ticket", () => {
  test("is told from the rest of the fragment", () => {
    expect(splitTicket("#ticket=a%2Bb&x=1")).toEqual({ ticket: "a+b", rest: "#x=1" });
    expect(splitTicket("#L47")).toEqual({ ticket: null, rest: "#L47" });
    expect(splitTicket("")).toEqual({ ticket: null, rest: "" });
  });

  test("is gone from the address before it is sent, and sent once", async () => {
    window.history.replaceState(null, "", "/runs/a?wsid=/x#ticket=secret");
    answers.push(() => {
      expect(window.location.href).not.toContain("secret");
      return new Response(null, { status: 204 });
    });
    await takeTicket();
    await takeTicket();
    expect(asked.map(({ method, url }) => [method, new URL(url).pathname])).toEqual([
      ["POST", "/api/session"],
    ]);
    expect(window.location.pathname + window.location.search).toBe("/runs/a?wsid=/x");
  });
});

describe("requests", () => {
  test("leave out what is empty, and escape each part of a path", () => {
    expect(new URL(apiUrl("runs", { q: "", status: "Failed", offset: 0 })).search).toBe(
      "?status=Failed&offset=0",
    );
    expect(new URL(fileUrl("r 1", "outputs/a b#.txt")).pathname).toBe(
      "/api/runs/r%201/files/outputs/a%20b%23.txt",
    );
  });

  test("a refusal keeps the server's words", async () => {
    answers.push(() =>
      Response.json(
        { error: { code: "not_found", message: "There is no run 'x'.", hint: "Look." } },
        { status: 404 },
      ),
    );
    const error = await get("runs/x").catch((caught) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 404,
      code: "not_found",
      message: "There is no run 'x'.",
      hint: "Look.",
    });
  });

  test("401 is told to whoever listens", async () => {
    const heard = vi.fn();
    const stop = onUnauthorized(heard);
    answers.push(() => new Response("", { status: 401 }));
    await expect(get("session")).rejects.toMatchObject({ status: 401 });
    expect(heard).toHaveBeenCalledOnce();
    stop();
  });

  test("a slice says where it lies", async () => {
    answers.push(() => new Response("tail", { status: 206, headers: { "Content-Range": "bytes 6-9/10" } }));
    const slice = await readSlice("r", "a.txt", -4);
    expect(asked[0]?.headers.get("range")).toBe("bytes=-4");
    expect(slice).toMatchObject({ start: 6, total: 10 });
    answers.push(() => new Response("", { status: 416 }));
    expect(await readSlice("r", "a.txt", 10)).toMatchObject({ start: 10, total: 10 });
  });
});

test("events are split at empty lines, comments are nothing", () => {
  expect(splitEvents(": beat\n\ndata: a\n\nid: 1\ndata: b\ndata: c\n\ndata: d")).toEqual({
    data: ["a", "b\nc"],
    rest: "data: d",
  });
});

describe("the stream", () => {
  const stream = (...texts: string[]) =>
    new Response(
      new ReadableStream({
        async start(controller) {
          for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
        },
      }),
    );
  const batch = (events: StreamEvent[], cursors: Record<string, string>) =>
    `data: ${JSON.stringify({ events, cursors })}\n\n`;

  test("asks for its topics from where each was heard last", () => {
    const query = streamQuery(["runs", "run:a"], new Map([["runs", "7"]]));
    expect(query).toEqual({ topics: "runs,run:a", since: '{"runs":"7"}' });
    expect(streamQuery(["runs"], new Map())).toEqual({ topics: "runs" });
  });

  test("hands events to the topic's listeners, resumes from the cursor, and ends with the last listener", async () => {
    const live = new Live();
    const heard: StreamEvent[] = [];
    answers.push(() => stream(batch([{ topic: "runs" }], { runs: "5" })));
    const stop = hear(live, "runs", (event) => heard.push(event));
    await vi.waitFor(() => expect(heard).toEqual([{ topic: "runs" }]));
    expect(live.state).toBe("live");
    hear(live, "run:a");
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    const query = new URL(asked[1]?.url ?? "").searchParams;
    expect(query.get("topics")).toBe("runs,run:a");
    expect(query.get("since")).toBe('{"runs":"5"}');
    stop();
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(new URL(asked[2]?.url ?? "").searchParams.get("topics")).toBe("run:a");
  });

  test("asks for JSON when there is no stream, and says so", async () => {
    const live = new Live();
    const heard: StreamEvent[] = [];
    answers.push(() => new Response("", { status: 503 }));
    answers.push(() => Response.json({ events: [{ topic: "runs" }], cursors: { runs: "1" } }));
    hear(live, "runs", (event) => heard.push(event));
    await vi.waitFor(() => expect(live.state).toBe("polling"));
    expect(asked[1]?.headers.get("accept")).toBe("application/json");
    expect(heard).toHaveLength(1);
  });

  test("is closed while the tab is hidden", async () => {
    const live = new Live();
    answers.push(() => stream(batch([], { runs: "1" })));
    hear(live, "runs");
    await vi.waitFor(() => expect(live.state).toBe("live"));
    const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.waitFor(() => expect(live.state).toBe("closed"));
    hidden.mockRestore();
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(new URL(asked[1]?.url ?? "").searchParams.get("since")).toBe('{"runs":"1"}');
  });
});
