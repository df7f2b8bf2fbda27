"""Every table of the database, and the revision of this layout."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# Oldest first; the last is what this code reads and writes. A new migration adds its own.
REVISIONS = ("0001",)
HEAD = REVISIONS[-1]

metadata = MetaData()


def _workspace_key() -> Column[str]:
    return Column(
        "workspace_id", Text, ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False
    )


def _run_key() -> Column[int]:
    return Column("run", Integer, ForeignKey("runs.number", ondelete="CASCADE"), nullable=False)


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("subscription_id", Text, nullable=False),
    Column("resource_group", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("friendly_name", Text),
    Column("tags", JSON, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("subscription_id", "resource_group", "name"),
)

experiments = Table(
    "experiments",
    metadata,
    Column("id", Text, primary_key=True),
    _workspace_key(),
    Column("name", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "name"),
)

compute = Table(
    "compute",
    metadata,
    _workspace_key(),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("vm_size", Text, nullable=False),
    Column("vm_priority", Text, nullable=False),
    Column("min_nodes", Integer, nullable=False),
    Column("max_nodes", Integer, nullable=False),
    Column("idle_seconds_before_scaledown", Integer, nullable=False),
    Column("description", Text),
    Column("tags", JSON, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("backend", Text, nullable=False),
    PrimaryKeyConstraint("workspace_id", "name"),
)

datastores = Table(
    "datastores",
    metadata,
    _workspace_key(),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    PrimaryKeyConstraint("workspace_id", "name"),
)

environments = Table(
    "environments",
    metadata,
    Column("number", Integer, primary_key=True),
    _workspace_key(),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("definition", JSON, nullable=False),
    Column("digest", Text, nullable=False),
    Column("full_digest", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "name", "version"),
)

images = Table(
    "images",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("prefix", Text),
    Column("error", Text),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("log_path", Text),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("asked_ms", BigInteger, nullable=False),  # when it was last created: the collector looks
    Column("files", JSON, nullable=False),
)

# ``revision`` grows over all runs with every change, so that "what changed since" is one index.
runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("run_id", Text, nullable=False, unique=True),
    Column("revision", BigInteger, nullable=False, index=True),
    _workspace_key(),
    Column("experiment_id", Text, ForeignKey("experiments.id"), nullable=False),
    Column("experiment", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("description", Text),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("error", JSON(none_as_null=True)),
    Column("created_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger),
    Column("ended_ms", BigInteger),
    Column("target", Text, nullable=False),
    Column("snapshot_id", Text, index=True),
    Column("parent_run_id", Text, index=True),
    Column("spec", JSON, nullable=False),
    Column("image_digest", Text),
    Column("cores", Integer),
    Column("gpus", JSON, nullable=False),
    Column("lease_epoch", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("beat_ms", BigInteger),
    Column("agent_pid", Integer),
    Column("child_pid", Integer),
    Column("backend", Text),
    Column("native_id", Text),
    Column("plan", JSON(none_as_null=True)),
    Index("ix_runs_workspace", "workspace_id", "number"),
    Index("ix_runs_experiment", "experiment_id", "status"),
    Index("ix_runs_status", "status", "number"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("number", Integer, primary_key=True),
    _run_key(),
    Column("status", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("writer", Text, nullable=False),
    Column("reason", Text),
    Column("lease_epoch", Integer, nullable=False),
    Index("ix_transitions_run", "run", "number"),
)

run_tags = Table(
    "run_tags",
    metadata,
    _run_key(),
    Column("key", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("run", "key"),
)

run_properties = Table(
    "run_properties",
    metadata,
    _run_key(),
    Column("key", Text, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("run", "key"),
)

# What the writers of a run have sent: ``next`` is the first sequence that is not here yet.
writers = Table(
    "writers",
    metadata,
    Column("id", Integer, primary_key=True),
    _run_key(),
    Column("name", Text, nullable=False),
    Column("next", BigInteger, nullable=False),
    UniqueConstraint("run", "name"),
)

# One metric of a run and the last word on it. ``last_bits`` are the eight bytes of the value as an
# integer, since SQLite turns NaN into NULL; ``last_number`` is for sorting, NULL where it cannot.
metrics = Table(
    "metrics",
    metadata,
    Column("id", Integer, primary_key=True),
    _run_key(),
    Column("stream", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("last_type", Integer, nullable=False),
    Column("last_bits", BigInteger, nullable=False),
    Column("last_text", Text),
    Column("last_number", Double),
    Column("last_step", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("last_writer", Integer, nullable=False),
    Column("low", Double),
    Column("high", Double),
    UniqueConstraint("run", "stream", "name"),
    Index("ix_metrics_name", "name", "stream", "run"),
)

# The points of one shipped batch as columns, little-endian, in logging order: ``ids`` u32 (of
# ``metrics``), ``kinds`` and ``types`` u8, ``steps``, ``times`` i64, ``bits`` 8 bytes. ``texts``
# holds the entries of the TEXT points, in order, as a journal lays them out.
batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    _run_key(),
    Column("stream", Text, nullable=False),
    Column("writer", Integer, ForeignKey("writers.id", ondelete="CASCADE"), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("points", Integer, nullable=False),
    Column("ids", LargeBinary, nullable=False),
    Column("kinds", LargeBinary, nullable=False),
    Column("types", LargeBinary, nullable=False),
    Column("steps", LargeBinary, nullable=False),
    Column("times", LargeBinary, nullable=False),
    Column("bits", LargeBinary, nullable=False),
    Column("texts", LargeBinary, nullable=False),
    Index("ix_batches_run", "run", "stream", "id"),
    sqlite_autoincrement=True,  # a cursor of the live stream never means another batch
)

artifacts = Table(
    "artifacts",
    metadata,
    _run_key(),
    Column("path", Text, nullable=False),
    Column("digest", Text, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("run", "path"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("run_id", Text, index=True),
    Column("expires_ms", BigInteger),
)

# Alembic's own table, as it makes it; apart from the others, since migrations never touch it.
alembic_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
