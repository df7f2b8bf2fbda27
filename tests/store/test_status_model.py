"""A run's status against a model: the table of ``schema.states``, and the lease."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from homerun.schema.api import Beat
from homerun.schema.errors import ConflictError
from homerun.schema.states import ALL, FINAL, Writer, may_follow
from homerun.store import Store, open_store
from homerun.testing.database import read_table
from homerun.testing.runs import make_run

RUN = "exp_1_aaaaaaaa"
WAITING = {"NotStarted", "Queued", "Preparing"}


class StatusMachine(RuleBasedStateMachine):
    """Anyone tries anything; the model says what must come of it."""

    store: Store

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(Path(self.folder.name) / "data")
        make_run(self.store, RUN)
        self.status, self.writer = "NotStarted", "api"
        self.epoch = 0
        self.is_cancel_asked = False
        self.steps = [self.status]

    @rule(
        status=st.sampled_from(sorted(ALL)),
        writer=st.sampled_from([Writer.API, Writer.SCHEDULER, Writer.AGENT]),
        behind=st.sampled_from([0, 0, 0, 1]),
    )
    def advance(self, status: str, writer: str, behind: int) -> None:
        epoch = self.epoch - behind if writer == Writer.AGENT else None
        is_current = writer != Writer.AGENT or behind == 0
        is_repeated = (status, writer) == (self.status, self.writer)
        try:
            run = self.store.runs.advance(RUN, status, writer, lease_epoch=epoch)
        except ConflictError:
            assert not is_current or not (is_repeated or may_follow(self.status, status, writer))
            return
        assert is_current
        assert run.status == status
        if not is_repeated:
            assert may_follow(self.status, status, writer)
            self._moved(status, writer)

    @rule()
    def lease(self) -> None:
        hashes = (f"a{self.epoch}", f"r{self.epoch}")
        try:
            run = self.store.runs.lease(RUN, *hashes, cores=1)
        except ConflictError:
            assert self.status != "Queued"
            return
        assert self.status == "Queued"
        self.epoch += 1
        assert run.lease_epoch == self.epoch
        self._moved("Starting", Writer.SCHEDULER)

    @rule()
    def cancel(self) -> None:
        run = self.store.runs.request_cancel(RUN, "me")
        if self.status in WAITING:
            self._moved("Canceled", Writer.API)
        elif self.status not in FINAL and self.status != "CancelRequested":
            self._moved("CancelRequested", Writer.API)
            self.is_cancel_asked = True
        assert run.status == self.status

    @rule(behind=st.sampled_from([0, 0, 1]))
    def beat(self, behind: int) -> None:
        answer = self.store.runs.beat(RUN, Beat(self.epoch - behind, 10))
        assert answer.superseded == (behind > 0)
        if not behind and self.status == "NotResponding":
            if self.is_cancel_asked:
                self._moved("CancelRequested", Writer.SCHEDULER)
            else:
                self._moved("Running", Writer.AGENT)
        assert answer.status == self.status
        if not behind and self.status not in FINAL:
            assert answer.cancel == self.is_cancel_asked

    @invariant()
    def the_rows_say_the_same(self) -> None:
        home = self.store.home
        (row,) = read_table(home, "runs")
        assert (row["status"], row["lease_epoch"]) == (self.status, self.epoch)
        assert [step["status"] for step in read_table(home, "transitions")] == self.steps
        assert (row["ended_ms"] is not None) == (self.status in FINAL)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def _moved(self, status: str, writer: str) -> None:
        self.status, self.writer = status, writer
        self.steps.append(status)


# Every step syncs the disk, and every example opens a store of its own.
StatusMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestStatus = StatusMachine.TestCase
