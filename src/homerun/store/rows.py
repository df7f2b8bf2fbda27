"""Runs as the pages and the SDK see them, out of the rows of several tables."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from homerun.schema.api import MetricSummary, Run, RunError, Transition
from homerun.schema.errors import NotFoundError
from homerun.schema.runs import RunSpec
from homerun.store.database import Transaction
from homerun.store.points import to_summary
from homerun.store.tables import metrics, run_properties, run_tags, runs, transitions

MASK = "********"
_SECRET = re.compile("TOKEN|SECRET|PASSWORD|KEY|CREDENTIAL", re.IGNORECASE)
_VARIABLES = ("environmentVariables", "environment_variables")
_AT_ONCE = 500


def one_row(connection: Connection | Transaction, run_id: str) -> Row[Any]:
    """Give the run's row.

    Raises:
        NotFoundError: There is no such run.
    """
    row = connection.execute(select(runs).where(runs.c.run_id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no run {run_id!r}.")
    return row


def to_runs(
    connection: Connection, rows: Sequence[Row[Any]], *, is_whole: bool = False
) -> list[Run]:
    """Read runs, in the order of the rows; a handful of statements for all of them.

    What only a run's own page shows is empty unless ``is_whole``: the definition, the environment's
    variables, the inputs and the transitions.
    """
    found = {row.number: _to_run(row, is_whole=is_whole) for row in rows}
    numbers = list(found)
    for at in range(0, len(numbers), _AT_ONCE):
        _add_parts(connection, found, numbers[at : at + _AT_ONCE])
        if is_whole:
            _add_transitions(connection, found, numbers[at : at + _AT_ONCE])
    return list(found.values())


def to_lean_runs(rows: Iterable[Row[Any]]) -> list[Run]:
    """Read runs from their own rows alone: without tags, properties, metrics and transitions.

    It is what moves runs on: the scheduler reads every waiting run at every turn.
    """
    return [_to_run(row, is_whole=False) for row in rows]


def to_error(data: dict[str, Any] | None) -> RunError | None:
    """Read a stored error."""
    return None if data is None else RunError(**data)


def mask(variables: dict[str, Any]) -> dict[str, Any]:
    """Hide the values of variables whose names look like secrets."""
    return {k: MASK if _SECRET.search(k) else v for k, v in variables.items()}


def _mask_inside(value: Any) -> Any:
    if isinstance(value, list):
        return [_mask_inside(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: mask(item) if key in _VARIABLES and isinstance(item, dict) else _mask_inside(item)
        for key, item in value.items()
    }


def _to_run(row: Row[Any], *, is_whole: bool) -> Run:
    spec = RunSpec.from_json(row.spec)
    return Run(
        run_id=row.run_id,
        workspace_id=row.workspace_id,
        experiment_id=row.experiment_id,
        experiment=row.experiment,
        display_name=row.display_name,
        description=row.description,
        status=row.status,
        reason=row.reason,
        error=to_error(row.error),
        created_ms=row.created_ms,
        started_ms=row.started_ms,
        ended_ms=row.ended_ms,
        target=row.target,
        script=spec.script,
        command=spec.command,
        arguments=spec.arguments,
        environment_name=spec.environment_name,
        environment_version=spec.environment_version,
        environment_variables=mask(spec.environment_variables) if is_whole else {},
        image_digest=row.image_digest,
        snapshot_id=row.snapshot_id,
        inputs=spec.inputs if is_whole else [],
        tags={},
        properties={},
        definition=_mask_inside(spec.definition) if is_whole else {},
        submitted_by=spec.submitted_by,
        parent_run_id=row.parent_run_id,
        max_run_duration_s=spec.max_run_duration_s,
        cores=row.cores,
        gpus=row.gpus,
        lease_epoch=row.lease_epoch,
    )


def _add_parts(connection: Connection, found: dict[int, Run], numbers: list[int]) -> None:
    for number, key, value in connection.execute(
        select(run_tags).where(run_tags.c.run.in_(numbers)).order_by(run_tags.c.key)
    ):
        found[number].tags[key] = value
    for number, key, value in connection.execute(
        select(run_properties)
        .where(run_properties.c.run.in_(numbers))
        .order_by(run_properties.c.key)
    ):
        found[number].properties[key] = value
    query = select(metrics).where(metrics.c.run.in_(numbers), metrics.c.stream == "user")
    for row in connection.execute(query.order_by(metrics.c.id)):
        found[row.run].metrics[row.name] = to_summary(row)


def _add_transitions(connection: Connection, found: dict[int, Run], numbers: Iterable[int]) -> None:
    query = select(transitions).where(transitions.c.run.in_(numbers))
    for row in connection.execute(query.order_by(transitions.c.number)):
        step = Transition(row.status, row.at_ms, row.writer, row.reason)
        found[row.run].transitions.append(step)


def summaries(connection: Connection, run: int, stream: str) -> dict[str, MetricSummary]:
    """Give the last word on each metric of one run, in the order of their first points."""
    query = select(metrics).where(metrics.c.run == run, metrics.c.stream == stream)
    return {row.name: to_summary(row) for row in connection.execute(query.order_by(metrics.c.id))}
