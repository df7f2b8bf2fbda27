"""How a run gets on: every change of a status goes through here."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from homerun.schema.api import Beat, BeatAnswer, Run, RunError
from homerun.schema.errors import ConflictError, InvalidInputError
from homerun.schema.states import ALL, FINAL, RunStatus, Writer, may_follow
from homerun.store.changes import RUNS, SCHEDULER, run_topic
from homerun.store.database import Database, Transaction
from homerun.store.rows import one_row, to_lean_runs, to_runs
from homerun.store.tables import runs, tokens, transitions

WAITING = (RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.PREPARING)


# A status, who says so, and why.
Step = tuple[str, str, str | None]


class RunMoves:
    """The part of ``store.runs`` that moves runs on."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def advance(
        self,
        run_id: str,
        status: str,
        writer: str,
        *,
        reason: str | None = None,
        error: RunError | None = None,
        lease_epoch: int | None = None,
    ) -> Run:
        """Move a run to ``status``: THE way a status changes, by ``schema.states``.

        Saying again what the same writer said last is harmless. An agent must give its epoch. The
        run comes back lean: without tags, properties, metrics and transitions.

        Raises:
            NotFoundError: There is no such run.
            InvalidInputError: There is no such status.
            ConflictError: This writer cannot make this of the run as it is, or a newer attempt
                holds the lease. Nothing was changed.
        """
        if status not in ALL:
            raise InvalidInputError(
                f"{status!r} is no status.", f"Known: {', '.join(sorted(ALL))}."
            )
        with self._database.write() as transaction:
            row = one_row(transaction, run_id)
            if lease_epoch != row.lease_epoch and (
                lease_epoch is not None or writer == Writer.AGENT
            ):
                raise ConflictError(
                    f"Attempt {lease_epoch} does not hold the lease of run {run_id!r}: attempt"
                    f" {row.lease_epoch} does; nothing was changed.",
                    "Stop, and write nothing more.",
                )
            if row.status != status or _last_writer(transaction, row) != writer:
                extra = {"beat_ms": self._now_ms()} if writer == Writer.AGENT else {}
                self._move(transaction, row, (status, writer, reason), error=error, **extra)
            return to_lean_runs([one_row(transaction, run_id)])[0]

    def request_cancel(self, run_id: str, by: str) -> Run:
        """Ask for a run's end: a waiting one is canceled, a live one told; a final one stays.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.write() as transaction:
            row = one_row(transaction, run_id)
            if row.status in WAITING:
                error = RunError("Canceled", f"Canceled by {by} before it started.")
                step: Step = (RunStatus.CANCELED, Writer.API, None)
                self._move(transaction, row, step, error=error, cancel_requested=True)
            elif row.status not in FINAL and row.status != RunStatus.CANCEL_REQUESTED:
                step = (RunStatus.CANCEL_REQUESTED, Writer.API, f"{by} asked to cancel it.")
                self._move(transaction, row, step, cancel_requested=True)
            return self._read(transaction, run_id)

    def lease(
        self,
        run_id: str,
        agent_token_hash: str,
        run_token_hash: str,
        cores: int,
        gpus: Sequence[int] = (),
    ) -> Run:
        """Begin the run's next attempt: Starting, with its share and its two tokens.

        Earlier agents' tokens stay, so that such an agent hears that it is superseded.

        Raises:
            NotFoundError: There is no such run.
            ConflictError: It is not Queued. Nothing was changed.
        """
        with self._database.write() as transaction:
            row = one_row(transaction, run_id)
            share: dict[str, Any] = {
                "lease_epoch": row.lease_epoch + 1,
                "cores": cores,
                "gpus": list(gpus),
                "beat_ms": self._now_ms(),
                "agent_pid": None,
                "child_pid": None,
                "native_id": None,
                "plan": None,
            }
            step: Step = (RunStatus.STARTING, Writer.SCHEDULER, None)
            self._move(transaction, row, step, **share)
            mine = tokens.c.run_id == run_id
            transaction.execute(delete(tokens).where(mine, tokens.c.role == "run"))
            transaction.execute(
                insert(tokens),
                [
                    {"hash": agent_token_hash, "role": "agent", "run_id": run_id},
                    {"hash": run_token_hash, "role": "run", "run_id": run_id},
                ],
            )
            return to_lean_runs([one_row(transaction, run_id)])[0]

    def beat(self, run_id: str, beat: Beat, now_ms: int | None = None) -> BeatAnswer:
        """Take an agent's sign of life, which brings a NotResponding run back.

        Alone among the moves it does not wait for the disk: another beat is on the way.

        ``superseded`` is true of any attempt but the newest; then nothing was recorded.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.write(is_durable=False) as transaction:
            row = one_row(transaction, run_id)
            if beat.lease_epoch != row.lease_epoch:
                return BeatAnswer(cancel=False, superseded=True, status=row.status)
            if row.status in FINAL:
                return BeatAnswer(cancel=False, superseded=False, status=row.status)
            values: dict[str, Any] = {
                "beat_ms": self._now_ms() if now_ms is None else now_ms,
                "agent_pid": beat.pid,
                "child_pid": beat.child_pid,
            }
            if beat.native_id is not None:
                values["native_id"] = beat.native_id
            status = row.status
            if status != RunStatus.NOT_RESPONDING:
                transaction.execute(_change(row, values))
            else:
                status, writer = RunStatus.RUNNING, Writer.AGENT
                if row.cancel_requested:
                    status, writer = RunStatus.CANCEL_REQUESTED, Writer.SCHEDULER
                self._move(transaction, row, (status, writer, None), **values)
            return BeatAnswer(bool(row.cancel_requested), superseded=False, status=status)

    def _move(
        self,
        transaction: Transaction,
        row: Row[Any],
        step: Step,
        *,
        error: RunError | None = None,
        **values: Any,
    ) -> None:
        status, writer, reason = step
        if not may_follow(row.status, status, writer):
            raise ConflictError(
                f"The run {row.run_id!r} is {row.status}: the {writer} cannot make it {status};"
                " nothing was changed."
            )
        now_ms = self._now_ms()
        said = reason or (error.message if error is not None else None)
        values |= {"status": status, "reason": said, "revision": next_revision()}
        if error is not None:
            values["error"] = asdict(error)
        if status == RunStatus.RUNNING:
            values["started_ms"] = row.started_ms or now_ms
            values.setdefault("beat_ms", now_ms)
        if status == RunStatus.QUEUED:
            values |= {"cores": None, "gpus": []}
        if status in FINAL:
            values["ended_ms"] = now_ms
        transaction.execute(_change(row, values))
        record_step(transaction, row.number, (status, writer, said), now_ms, row.lease_epoch)
        transaction.notify(RUNS, run_topic(row.run_id))
        if status in FINAL or writer == Writer.API:
            transaction.notify(SCHEDULER)  # a slot is free, or a run is to end

    def _read(self, transaction: Transaction, run_id: str) -> Run:
        row = one_row(transaction, run_id)
        return to_runs(transaction.connection, [row], is_whole=True)[0]


def next_revision() -> Any:
    """Give the SQL of the number that marks the newest change of any run."""
    return select(func.coalesce(func.max(runs.c.revision), 0) + 1).scalar_subquery()


def record_step(transaction: Transaction, run: int, step: Step, at_ms: int, epoch: int) -> None:
    """Add to the run's history."""
    status, writer, reason = step
    transaction.execute(
        insert(transitions).values(
            run=run, status=status, at_ms=at_ms, writer=writer, reason=reason, lease_epoch=epoch
        )
    )


def _change(row: Row[Any], values: dict[str, Any]) -> Any:
    return update(runs).where(runs.c.number == row.number).values(values)


def _last_writer(transaction: Transaction, row: Row[Any]) -> str | None:
    query = select(transitions.c.writer).where(transitions.c.run == row.number)
    return transaction.execute(query.order_by(transitions.c.number.desc()).limit(1)).scalar()
