"""The bodies of the API, as they travel and as the store gives them. Never imported in a run.

Times are UTC milliseconds. A number that may be NaN or infinite travels through ``schema.wire``.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Health:
    """Who answers."""

    name: str
    version: str
    instance: str
    pid: int


@dataclass(slots=True)
class WorkspaceBody:
    """What makes a workspace; (subscription_id, resource_group, name) is its identity."""

    name: str
    subscription_id: str = ""
    resource_group: str = ""
    location: str = "local"
    friendly_name: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    exist_ok: bool = True


@dataclass(slots=True)
class Workspace:
    """A workspace."""

    id: str
    name: str
    subscription_id: str
    resource_group: str
    location: str
    friendly_name: str | None
    tags: dict[str, str]
    created_ms: int


@dataclass(slots=True)
class ExperimentBody:
    """What makes an experiment; an existing one is returned."""

    workspace_id: str
    name: str


@dataclass(slots=True)
class Experiment:
    """An experiment, with what its row in the Studio shows."""

    id: str
    workspace_id: str
    name: str
    created_ms: int
    run_count: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    last_run_ms: int | None = None
    last_run_id: str | None = None
    last_run_name: str | None = None
    last_run_status: str | None = None
    recent: list[str] = field(default_factory=list)  # statuses of the last 20 runs, oldest first


@dataclass(slots=True)
class ComputeBody:
    """What makes or changes a compute target. Sizes are wishes that the machine answers."""

    workspace_id: str
    name: str
    type: str = "AmlCompute"
    vm_size: str = ""
    vm_priority: str = "dedicated"
    min_nodes: int = 0
    max_nodes: int = 1
    idle_seconds_before_scaledown: int = 1800
    description: str | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ComputeTarget:
    """A compute target: a name with a concurrency over the machine's one pool."""

    workspace_id: str
    name: str
    type: str
    vm_size: str
    vm_priority: str
    min_nodes: int
    max_nodes: int
    idle_seconds_before_scaledown: int
    description: str | None
    tags: dict[str, str]
    created_ms: int
    backend: str = "local"
    running: int = 0
    queued: int = 0


@dataclass(slots=True)
class EnvironmentBody:
    """What registers an environment: the same definition gives the same version."""

    workspace_id: str
    name: str
    definition: dict[str, Any]
    version: str | None = None


@dataclass(slots=True)
class EnvironmentVersion:
    """A registered environment."""

    workspace_id: str
    name: str
    version: str
    definition: dict[str, Any]
    digest: str
    created_ms: int
    image_state: str | None = None  # "building" | "ready" | "failed", None = never asked for


@dataclass(slots=True)
class Image:
    """What makes a definition real on this server's machine."""

    digest: str
    state: str  # "building" | "ready" | "failed"
    prefix: str | None
    error: str | None
    started_ms: int
    ended_ms: int | None
    log_path: str | None  # the build log's file on the server, read through a run's files


@dataclass(slots=True)
class Transition:
    """One step of a run's status."""

    status: str
    at_ms: int
    writer: str
    reason: str | None


@dataclass(slots=True)
class RunError:
    """Why a run failed or was cancelled, in plain words.

    ``code``: "UserError" (exit code), "Signal", "Timeout", "BuildFailed", "AgentLost",
    "StartFailed", "Canceled".
    """

    code: str
    message: str
    exit_code: int | None = None
    signal: int | None = None


@dataclass(slots=True)
class MetricSummary:
    """The last word on one metric of a run. ``value`` is a wire number, a text, or a JSON value."""

    name: str
    kind: str
    count: int
    value: Any
    step: int | None
    time_ms: int
    min: Any = None
    max: Any = None


@dataclass(slots=True)
class Run:
    """A run as every page and the SDK see it."""

    run_id: str
    workspace_id: str
    experiment_id: str
    experiment: str
    display_name: str
    description: str | None
    status: str
    reason: str | None  # why it waits, or how it ended, in one sentence
    error: RunError | None
    created_ms: int
    started_ms: int | None
    ended_ms: int | None
    target: str
    script: str | None
    command: list[str] | None
    arguments: list[Any]
    environment_name: str | None
    environment_version: str | None
    environment_variables: dict[str, str]  # secrets masked
    image_digest: str | None
    snapshot_id: str | None
    inputs: list[dict[str, Any]]
    tags: dict[str, str]
    properties: dict[str, str]
    definition: dict[str, Any]
    submitted_by: str | None
    parent_run_id: str | None
    max_run_duration_s: float | None
    cores: int | None
    gpus: list[int]
    lease_epoch: int
    transitions: list[Transition] = field(default_factory=list)
    metrics: dict[str, MetricSummary] = field(default_factory=dict)


@dataclass(slots=True)
class RunPage:
    """A window of the runs that match, newest first unless sorted otherwise."""

    total: int
    statuses: dict[str, int]  # counts over all that match but for the status filter
    runs: list[Run]


@dataclass(slots=True)
class RunQuery:
    """Which runs, in which order. What is empty or None does not narrow the answer.

    ``q``: every word must stand in the id, the display name, the experiment's name or a tag.
    ``tag``: ``key`` or ``key=value``. ``parent``: the parent run's id. ``live``: True = only runs
    that are not final, False = only those that are. ``sort``: "created", "name", "status",
    "duration" or "metric:<name>"; runs without such a metric come last.
    """

    workspace_id: str | None = None
    experiment: str | None = None
    status: list[str] = field(default_factory=list)
    q: str | None = None
    tag: str | None = None
    parent: str | None = None
    sort: str = "created"
    descending: bool = True
    offset: int = 0
    limit: int = 100
    target: str | None = None
    live: bool | None = None


@dataclass(slots=True)
class RunPatch:
    """What a user may change of a run. Tags are merged; ``remove_tags`` names keys."""

    tags: dict[str, str] = field(default_factory=dict)
    remove_tags: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    display_name: str | None = None
    description: str | None = None


@dataclass(slots=True)
class Artifact:
    """A file of a run: stored (``digest``) or still growing (``live``)."""

    path: str
    size: int
    digest: str | None
    live: bool
    created_ms: int


@dataclass(slots=True)
class Series:
    """A thinned metric: per bucket x, mean, min, max as wire numbers; ``count`` points in all.

    Raw points are given where ``n`` buckets would not thin: then ``low`` and ``high`` equal ``y``.
    """

    name: str
    x: list[Any]
    y: list[Any]
    low: list[Any]
    high: list[Any]
    count: int
    thinned: bool


@dataclass(slots=True)
class Beat:
    """The agent's sign of life."""

    lease_epoch: int
    pid: int
    native_id: str | None = None
    child_pid: int | None = None


@dataclass(slots=True)
class BeatAnswer:
    """What the server has to say to a live agent."""

    cancel: bool
    superseded: bool  # a newer attempt holds the lease: stop, and write nothing more
    status: str


@dataclass(slots=True)
class Advance:
    """The agent moves its run on. ``writer`` is always the agent here."""

    lease_epoch: int
    status: str
    reason: str | None = None
    error: RunError | None = None


@dataclass(slots=True)
class SnapshotFile:
    """One file of a snapshot."""

    path: str
    digest: str
    size: int
    executable: bool = False


@dataclass(slots=True)
class SnapshotBody:
    """The manifest of a snapshot; its id is the digest of the sorted list."""

    files: list[SnapshotFile]


@dataclass(slots=True)
class Snapshot:
    """A snapshot: what it holds."""

    id: str
    files: list[SnapshotFile]
    size: int
    created_ms: int


@dataclass(slots=True)
class Digests:
    """Blobs asked for, or missing."""

    digests: list[str]


@dataclass(slots=True)
class Datastore:
    """A named place for data; ``path`` is its folder where the server can name one."""

    workspace_id: str
    name: str
    type: str
    path: str | None
    is_default: bool


@dataclass(slots=True)
class DatastoreFile:
    """One file of a datastore."""

    path: str
    size: int
    modified_ms: int


@dataclass(slots=True)
class Ticket:
    """A way into the Studio for one day: goes into a link's fragment."""

    ticket: str
    expires_ms: int
