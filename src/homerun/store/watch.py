"""What the scheduler asks about runs, and notes on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update

from homerun.schema.api import Run
from homerun.schema.states import ALL, FINAL
from homerun.store.changes import RUNS, run_topic
from homerun.store.database import Transaction
from homerun.store.moves import WAITING, RunMoves, next_revision
from homerun.store.rows import one_row, to_lean_runs
from homerun.store.tables import runs

LIVE = ALL - FINAL - frozenset(WAITING)


@dataclass(frozen=True, slots=True)
class Native:
    """What the backend knows a run's job as. ``native_id`` is None until it took the plan."""

    backend: str
    native_id: str | None
    plan: dict[str, Any] | None
    agent_pid: int | None
    child_pid: int | None


class RunWatch(RunMoves):
    """The part of ``store.runs`` that only the scheduler needs. The runs it gives are lean."""

    def waiting(self) -> list[Run]:
        """Give the runs that have not started, the oldest first."""
        return self._some(runs.c.status.in_(WAITING))

    def live(self) -> list[Run]:
        """Give the runs that started and are not over, the oldest first."""
        return self._some(runs.c.status.in_(LIVE))

    def silent(self, before_ms: int) -> list[Run]:
        """Give the live runs whose last sign of life is older, NotResponding ones too."""
        last = func.coalesce(runs.c.beat_ms, runs.c.created_ms)
        return self._some(runs.c.status.in_(LIVE), last < before_ms)

    def wait_reason(self, run_id: str, text: str | None) -> None:
        """Say why a waiting run waits; of any other, and said again, it is left as it is.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.write() as transaction:
            _say_why(transaction, one_row(transaction, run_id), text)

    def wait_reasons(self, texts: Mapping[str, str]) -> None:
        """Say of many runs why they wait, in one go; one that is gone is left out."""
        with self._database.write() as transaction:
            for row in transaction.execute(select(runs).where(runs.c.run_id.in_(texts))).all():
                _say_why(transaction, row, texts[row.run_id])

    def set_image(self, run_id: str, digest: str | None) -> None:
        """Say which image the run needs.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.write() as transaction:
            row = one_row(transaction, run_id)
            if row.image_digest != digest:
                same = runs.c.number == row.number
                values = {"image_digest": digest, "revision": next_revision()}
                transaction.execute(update(runs).where(same).values(values))
                transaction.notify(RUNS, run_topic(run_id))

    def native(self, run_id: str) -> Native | None:
        """Give what the run's newest attempt is on its backend, or None before there is a plan.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            row = one_row(connection, run_id)
        if row.backend is None:
            return None
        return Native(row.backend, row.native_id, row.plan, row.agent_pid, row.child_pid)

    def set_native(
        self, run_id: str, backend: str, native_id: str | None, plan_json: dict[str, Any] | None
    ) -> None:
        """Keep the plan before it is sent (no ``native_id`` yet), and the id after.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.write() as transaction:
            row = one_row(transaction, run_id)
            values = {"backend": backend, "native_id": native_id, "plan": plan_json}
            transaction.execute(update(runs).where(runs.c.number == row.number).values(values))

    def _some(self, *narrow: Any) -> list[Run]:
        query = select(runs).where(*narrow).order_by(runs.c.number)
        with self._database.read() as connection:
            return to_lean_runs(connection.execute(query))


def _say_why(transaction: Transaction, row: Row[Any], text: str | None) -> None:
    if row.status in WAITING and row.reason != text:
        values = {"reason": text, "revision": next_revision()}
        transaction.execute(update(runs).where(runs.c.number == row.number).values(values))
        transaction.notify(RUNS, run_topic(row.run_id))
