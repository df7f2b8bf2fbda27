/** The bodies of the API, as `homerun.schema.api` gives them. Times are UTC milliseconds. */

/** A number that may be one of the three words JSON has no number for. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity" | null;

export interface Workspace {
  id: string;
  name: string;
  subscription_id: string;
  resource_group: string;
}

export interface Session {
  user: string;
  workspaces: Workspace[];
}

export interface Experiment {
  id: string;
  workspace_id: string;
  name: string;
  created_ms: number;
  run_count: number;
  statuses: Record<string, number>;
  last_run_ms: number | null;
  last_run_id: string | null;
  last_run_name: string | null;
  last_run_status: string | null;
  recent: string[];
}

export interface Transition {
  status: string;
  at_ms: number;
  writer: string;
  reason: string | null;
}

export interface RunError {
  code: string;
  message: string;
  exit_code: number | null;
  signal: number | null;
}

export interface MetricSummary {
  name: string;
  kind: string;
  count: number;
  value: unknown;
  step: number | null;
  time_ms: number;
  min: WireNumber;
  max: WireNumber;
}

export interface RunInput {
  name?: string;
  mode?: string;
  datastore?: string;
  paths?: string[];
}

export interface Run {
  run_id: string;
  workspace_id: string;
  experiment_id: string;
  experiment: string;
  display_name: string;
  description: string | null;
  status: string;
  reason: string | null;
  error: RunError | null;
  created_ms: number;
  started_ms: number | null;
  ended_ms: number | null;
  target: string;
  script: string | null;
  command: string[] | null;
  arguments: unknown[];
  environment_name: string | null;
  environment_version: string | null;
  environment_variables: Record<string, string>;
  image_digest: string | null;
  snapshot_id: string | null;
  inputs: RunInput[];
  tags: Record<string, string>;
  properties: Record<string, string>;
  submitted_by: string | null;
  parent_run_id: string | null;
  max_run_duration_s: number | null;
  cores: number | null;
  gpus: number[];
  lease_epoch: number;
  transitions: Transition[];
  metrics: Record<string, MetricSummary>;
}

export interface RunPage {
  total: number;
  statuses: Record<string, number>;
  runs: Run[];
}

export interface RunPatch {
  tags?: Record<string, string>;
  remove_tags?: string[];
  display_name?: string;
  description?: string;
}

export interface Artifact {
  path: string;
  size: number;
  digest: string | null;
  live: boolean;
  created_ms: number;
}

export interface Series {
  name: string;
  x: WireNumber[];
  y: WireNumber[];
  low: WireNumber[];
  high: WireNumber[];
  count: number;
  thinned: boolean;
}

export interface MetricValues {
  kind: string;
  values: unknown[];
}

export interface Machine {
  cores: number;
  memory_mb: number;
  gpus: number;
  free_cores: number;
}

export interface Snapshot {
  id: string;
  files: { path: string; digest: string; size: number }[];
  size: number;
}

/** A point on the stream: step, UTC milliseconds, value. */
export type Point = [number | null, number, WireNumber];

export interface StreamEvent {
  topic: string;
  run?: Run;
  points?: Record<string, Point[]>;
  offset?: number;
  text?: string;
  reset?: boolean;
}

export interface StreamBatch {
  events: StreamEvent[];
  cursors: Record<string, string>;
}
