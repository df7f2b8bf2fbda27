"""What every store of runs must do."""

from abc import ABC, abstractmethod
from typing import Any

import pytest

from homerun.schema.api import Beat, Run, RunError, RunPatch, RunQuery, WorkspaceBody
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.runs import RunSpec
from homerun.schema.states import RunStatus, Writer
from homerun.store import Store
from homerun.store.changes import RUNS, SCHEDULER, run_topic
from homerun.testing.batches import Script


def make_run(store: Store, run_id: str = "exp_1_aaaaaaaa", **fields: Any) -> Run:
    """Make a run in a workspace ``ws``."""
    workspace = store.workspaces.create(WorkspaceBody("ws"))
    fields = {"experiment": "exp", "workspace_id": workspace.id} | fields
    return store.runs.create(RunSpec(run_id=run_id, **fields))


def start_run(store: Store, run_id: str) -> Run:
    """Bring a new run to Running, attempt 1."""
    store.runs.advance(run_id, RunStatus.QUEUED, Writer.SCHEDULER)
    store.runs.lease(run_id, "agent-" + run_id, "run-" + run_id, 2, [0])
    return store.runs.advance(run_id, RunStatus.RUNNING, Writer.AGENT, lease_epoch=1)


class RunStoreTests(ABC):
    """Subclass it, and give ``store`` (empty, on a clock at 1,000 s) and ``rows``."""

    @pytest.fixture
    @abstractmethod
    def store(self) -> Store:
        """Give an empty store."""

    @abstractmethod
    def rows(self, store: Store, table: str) -> list[dict[str, Any]]:
        """Read a table past the store."""

    def test_a_run_is_kept_as_it_was_submitted(self, store: Store) -> None:
        made = make_run(store, script="train.py", arguments=["--lr", 0.1], tags={"a": "b"})
        assert store.runs.get(made.run_id) == made
        assert (made.script, made.arguments, made.tags) == ("train.py", ["--lr", 0.1], {"a": "b"})
        assert (made.status, made.created_ms) == ("NotStarted", 1_000_000)
        (row,) = self.rows(store, "runs")
        assert (row["run_id"], row["status"]) == (made.run_id, "NotStarted")

    def test_an_id_is_taken_once(self, store: Store) -> None:
        make_run(store)
        with pytest.raises(ConflictError, match="exists"):
            make_run(store)
        assert len(self.rows(store, "runs")) == 1

    def test_what_cannot_be_a_run_is_refused(self, store: Store) -> None:
        with pytest.raises(InvalidInputError, match="run's id"):
            make_run(store, "a/b")
        with pytest.raises(InvalidInputError, match="experiment"):
            make_run(store, experiment="no spaces")
        with pytest.raises(NotFoundError, match="workspace"):
            make_run(store, workspace_id="none")
        assert self.rows(store, "runs") == []
        assert self.rows(store, "experiments") == []

    def test_secrets_are_masked_but_for_the_scheduler(self, store: Store) -> None:
        variables = {"API_KEY": "s3cret", "my_token": "s3cret", "EPOCHS": "3"}
        definition = {"environment": {"environmentVariables": variables}}
        made = make_run(store, environment_variables=variables, definition=definition)
        assert made.environment_variables["EPOCHS"] == "3"
        assert "s3cret" not in str(made)
        assert store.runs.spec(made.run_id).environment_variables == variables

    def test_a_whole_life_is_recorded(self, store: Store) -> None:
        run_id = make_run(store).run_id
        assert start_run(store, run_id).started_ms == 1_000_000
        store.runs.advance(run_id, RunStatus.FINALIZING, Writer.AGENT, lease_epoch=1)
        done = store.runs.advance(run_id, RunStatus.COMPLETED, Writer.AGENT, lease_epoch=1)
        steps = [(row["status"], row["writer"]) for row in self.rows(store, "transitions")]
        assert steps == [
            ("NotStarted", "api"),
            ("Queued", "scheduler"),
            ("Starting", "scheduler"),
            ("Running", "agent"),
            ("Finalizing", "agent"),
            ("Completed", "agent"),
        ]
        told = store.runs.get(run_id).transitions
        assert [step.status for step in told] == [status for status, _ in steps]
        assert (done.ended_ms, done.cores, done.gpus) == (1_000_000, 2, [0])

    def test_final_is_final_and_may_be_said_twice(self, store: Store) -> None:
        run_id = make_run(store).run_id
        start_run(store, run_id)
        error = RunError("UserError", "The script ended with exit code 1.", exit_code=1)
        for _ in range(2):
            run = store.runs.advance(run_id, "Failed", Writer.AGENT, error=error, lease_epoch=1)
            assert (run.error, run.reason) == (error, error.message)
        for writer, status in ((Writer.SCHEDULER, "Failed"), (Writer.AGENT, "Completed")):
            with pytest.raises(ConflictError, match="is Failed"):
                store.runs.advance(run_id, status, writer, lease_epoch=1)
        assert store.runs.request_cancel(run_id, "me").status == "Failed"

    def test_an_old_attempt_is_refused(self, store: Store) -> None:
        run_id = make_run(store).run_id
        store.runs.advance(run_id, "Queued", Writer.SCHEDULER)
        store.runs.lease(run_id, "a1", "r1", 1, [])
        freed = store.runs.advance(run_id, "Queued", Writer.SCHEDULER, reason="It did not start.")
        assert (freed.cores, freed.reason) == (None, "It did not start.")
        store.runs.lease(run_id, "a2", "r2", 1, [])
        with pytest.raises(ConflictError, match="Attempt 1"):
            store.runs.advance(run_id, "Running", Writer.AGENT, lease_epoch=1)
        with pytest.raises(ConflictError, match="Attempt None"):
            store.runs.advance(run_id, "Running", Writer.AGENT)
        assert store.runs.beat(run_id, Beat(1, 10)).superseded
        assert not store.runs.beat(run_id, Beat(2, 11)).superseded
        found = {row["hash"]: row["role"] for row in self.rows(store, "tokens")}
        assert found == {"a1": "agent", "a2": "agent", "r2": "run"}

    def test_a_waiting_run_is_canceled_at_once(self, store: Store) -> None:
        run_id = make_run(store).run_id
        run = store.runs.request_cancel(run_id, "me")
        assert run.status == "Canceled"
        assert run.reason == "Canceled by me before it started."

    def test_a_live_run_is_asked_to_end(self, store: Store) -> None:
        run_id = make_run(store).run_id
        start_run(store, run_id)
        assert not store.runs.beat(run_id, Beat(1, 10)).cancel
        assert store.runs.request_cancel(run_id, "me").status == "CancelRequested"
        assert store.runs.request_cancel(run_id, "me").status == "CancelRequested"
        assert store.runs.beat(run_id, Beat(1, 10)).cancel
        store.runs.advance(run_id, "NotResponding", Writer.SCHEDULER)
        answer = store.runs.beat(run_id, Beat(1, 10))
        assert (answer.cancel, answer.status) == (True, "CancelRequested")

    def test_a_beat_brings_a_silent_run_back(self, store: Store) -> None:
        run_id = make_run(store).run_id
        start_run(store, run_id)
        store.runs.beat(run_id, Beat(1, 10, child_pid=11), 2_000)
        assert store.runs.silent(2_000) == []
        assert [run.run_id for run in store.runs.silent(2_001)] == [run_id]
        store.runs.advance(run_id, "NotResponding", Writer.SCHEDULER, reason="No beat.")
        assert store.runs.beat(run_id, Beat(1, 10), 3_000).status == "Running"
        assert store.runs.advance(run_id, "Running", Writer.AGENT, lease_epoch=1).reason is None

    def test_the_plan_is_kept_before_the_native_id(self, store: Store) -> None:
        run_id = make_run(store).run_id
        assert store.runs.native(run_id) is None
        store.runs.set_native(run_id, "local", None, {"argv": ["python"]})
        kept = store.runs.native(run_id)
        assert kept is not None
        assert (kept.backend, kept.native_id, kept.plan) == ("local", None, {"argv": ["python"]})

    def test_runs_wait_in_order_and_say_why(self, store: Store) -> None:
        for number in (1, 2, 3):
            make_run(store, f"r{number}")
        start_run(store, "r2")
        store.runs.wait_reason("r1", "All cores are taken.")
        assert [(run.run_id, run.reason) for run in store.runs.waiting()] == [
            ("r1", "All cores are taken."),
            ("r3", None),
        ]
        assert [run.run_id for run in store.runs.live()] == ["r2"]

    def test_a_reason_said_again_wakes_nobody(self, store: Store) -> None:
        run_id = make_run(store).run_id
        store.runs.wait_reason(run_id, "why")
        before = store.changes.now()
        store.runs.wait_reason(run_id, "why")
        assert store.changes.now() == before

    def test_a_change_wakes_who_looks_at_runs_and_the_scheduler_where_it_has_to_act(
        self, store: Store
    ) -> None:
        run_id = make_run(store).run_id
        topics = {RUNS, SCHEDULER, run_topic(run_id)}
        before = store.changes.now()
        store.runs.advance(run_id, "Queued", Writer.SCHEDULER)
        assert store.changes.wait(topics, 0, since=before) == topics - {SCHEDULER}
        before = store.changes.now()
        store.runs.request_cancel(run_id, "me")
        assert store.changes.wait(topics, 0, since=before) == topics

    def test_changed_runs_are_given_since_a_cursor(self, store: Store) -> None:
        make_run(store, "r1")
        _, cursor = store.runs.changed(None)
        make_run(store, "r2")
        store.runs.update("r1", RunPatch(tags={"a": "b"}))
        found, cursor = store.runs.changed(cursor)
        assert [run.run_id for run in found] == ["r2", "r1"]
        assert store.runs.changed(cursor) == ([], cursor)

    def test_tags_change_and_properties_do_not(self, store: Store) -> None:
        run_id = make_run(store, tags={"a": "1", "b": "2"}, properties={"p": "1"}).run_id
        patch = RunPatch(
            tags={"a": "3"}, remove_tags=["b"], properties={"p": "1", "q": "2"}, description="d"
        )
        run = store.runs.update(run_id, patch)
        assert (run.tags, run.properties) == ({"a": "3"}, {"p": "1", "q": "2"})
        assert run.description == "d"
        with pytest.raises(ConflictError, match="p"):
            store.runs.update(run_id, RunPatch(tags={"a": "4"}, properties={"p": "2"}))
        assert store.runs.get(run_id).tags == {"a": "3"}

    def test_a_list_is_narrowed_and_counted(self, store: Store) -> None:
        make_run(store, "r1", tags={"colour": "red"}, display_name="swift_50%_fox")
        make_run(store, "r2", experiment="other", parent_run_id="r1", target="gpus")
        make_run(store, "r3")
        start_run(store, "r3")
        cases: list[tuple[dict[str, Any], list[str]]] = [
            ({}, ["r3", "r2", "r1"]),
            ({"status": ["Running"]}, ["r3"]),
            ({"live": True, "experiment": "exp"}, ["r3", "r1"]),
            ({"live": False}, []),
            ({"q": "fox"}, ["r1"]),
            ({"q": "50%"}, ["r1"]),
            ({"q": "RED swift"}, ["r1"]),
            ({"q": "exp"}, ["r3", "r1"]),
            ({"tag": "colour"}, ["r1"]),
            ({"tag": "colour=blue"}, []),
            ({"parent": "r1"}, ["r2"]),
            ({"target": "gpus"}, ["r2"]),
            ({"sort": "created", "descending": False, "offset": 1, "limit": 1}, ["r2"]),
        ]
        for fields, expected in cases:
            page = store.runs.list(RunQuery(**fields))
            assert [run.run_id for run in page.runs] == expected, fields
        page = store.runs.list(RunQuery(status=["Running"], limit=0))
        assert (page.total, page.statuses) == (1, {"NotStarted": 2, "Running": 1})
        with pytest.raises(InvalidInputError, match="'height'"):
            store.runs.list(RunQuery(sort="height"))

    def test_a_list_is_sorted_by_a_metric_with_its_values(self, store: Store) -> None:
        for number, loss in (("1", 0.5), ("2", float("nan")), ("3", 0.1), ("4", float("inf"))):
            make_run(store, "r" + number)
            store.metrics.ingest(*Script("r" + number).log("loss", loss).batch())
        page = store.runs.list(RunQuery(sort="metric:loss", descending=False))
        assert [run.run_id for run in page.runs] == ["r3", "r1", "r4", "r2"]
        assert [run.metrics["loss"].value for run in page.runs] == [0.1, 0.5, "Infinity", "NaN"]

    def test_a_run_that_is_not_there_is_not_found(self, store: Store) -> None:
        assert store.runs.find("nobody") is None
        with pytest.raises(NotFoundError, match="nobody"):
            store.runs.get("nobody")
        with pytest.raises(InvalidInputError, match="Known"):
            store.runs.advance(make_run(store).run_id, "Sleeping", Writer.API)
