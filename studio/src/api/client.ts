/** One function per kind of request. Addresses are relative to `<base href>`, so a path prefix works. */

/** The server's refusal, in its own words; `hint` says what to do. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, hint: string | null = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Whoever wants to know that the cookie is not (or no longer) believed. */
type Listener = () => void;
const unauthorized = new Set<Listener>();

export function onUnauthorized(listener: Listener): () => void {
  unauthorized.add(listener);
  return () => unauthorized.delete(listener);
}

export function apiUrl(path: string, query: Record<string, unknown> = {}): string {
  const url = new URL(`api/${path}`, document.baseURI);
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    url.searchParams.set(key, String(value));
  }
  return url.toString();
}

/** The address of a file of a run, each part of its path escaped. */
export function fileUrl(runId: string, path: string): string {
  const parts = path.split("/").map(encodeURIComponent).join("/");
  return apiUrl(`runs/${encodeURIComponent(runId)}/files/${parts}`);
}

async function toError(url: string, response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status} to ${new URL(url).pathname}.`;
  try {
    const { error } = await response.json();
    return new ApiError(response.status, error.code, error.message ?? fallback, error.hint ?? null);
  } catch {
    return new ApiError(response.status, "unknown", fallback);
  }
}

export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(
      0,
      "unreachable",
      "The server does not answer.",
      "Is it running? Try: homerun server status",
    );
  }
  if (response.ok) return response;
  if (response.status === 401) for (const listener of unauthorized) listener();
  throw await toError(url, response);
}

export async function get<T>(
  path: string,
  query: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<T> {
  const response = await request(apiUrl(path, query), {
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

export async function send<T>(method: "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  const response = await request(apiUrl(path), {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export interface Slice {
  bytes: Uint8Array;
  /** Where the slice begins, and how long the file is. */
  start: number;
  total: number;
}

/** Read `[start, end)` of a file; a negative start counts from the end. A short file gives what it has. */
export async function readSlice(runId: string, path: string, start: number, end?: number): Promise<Slice> {
  const range = start < 0 ? `bytes=${start}` : `bytes=${start}-${end === undefined ? "" : end - 1}`;
  let response: Response;
  try {
    response = await request(fileUrl(runId, path), { headers: { Range: range } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 416) {
      return { bytes: new Uint8Array(), start: Math.max(start, 0), total: Math.max(start, 0) };
    }
    throw error;
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  const match = /bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get("Content-Range") ?? "");
  if (!match) return { bytes, start: 0, total: bytes.length };
  return { bytes, start: Number(match[1]), total: Number(match[2]) };
}
