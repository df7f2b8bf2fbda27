"""What every metric store must do."""

import math
from abc import ABC, abstractmethod
from typing import Any

import pytest

from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.records import BatchHeader, Kind
from homerun.store import Store
from homerun.store.changes import metrics_topic
from homerun.testing.batches import Script

RUN = "exp_1_aaaaaaaa"


class MetricStoreTests(ABC):
    """Subclass it, and give ``store`` (with the run ``RUN``) and ``rows``."""

    @pytest.fixture
    @abstractmethod
    def store(self) -> Store:
        """Give a store that has the run ``RUN``."""

    @abstractmethod
    def rows(self, store: Store, table: str) -> list[dict[str, Any]]:
        """Read a table past the store."""

    def test_a_point_is_kept_as_it_was_logged(self, store: Store) -> None:
        script = Script(RUN).log("loss", 0.25, step=3, time_ms=1234)
        assert store.metrics.ingest(*script.batch()) == 1
        assert store.metrics.values(RUN) == {"loss": {"kind": "scalar", "values": [0.25]}}
        summary = store.metrics.summary(RUN)["loss"]
        assert (summary.count, summary.value, summary.step, summary.time_ms) == (1, 0.25, 3, 1234)
        (row,) = self.rows(store, "batches")
        assert row["steps"] == (3).to_bytes(8, "little")
        assert row["times"] == (1234).to_bytes(8, "little")

    def test_a_point_sent_twice_is_stored_once(self, store: Store) -> None:
        batch = Script(RUN).log("loss", 1.0).log("loss", 2.0).batch()
        assert store.metrics.ingest(*batch) == 2
        assert store.metrics.ingest(*batch) == 0
        assert store.metrics.values(RUN)["loss"]["values"] == [1.0, 2.0]
        assert len(self.rows(store, "batches")) == 1

    def test_an_overlapping_batch_adds_only_what_is_new(self, store: Store) -> None:
        script = Script(RUN).log("loss", 1.0).log("text", "one").log("text", "two").log("loss", 2.0)
        store.metrics.ingest(*script.batch(0, 4))
        assert store.metrics.ingest(*script.batch(1)) == 2
        values = store.metrics.values(RUN)
        assert values["loss"]["values"] == [1.0, 2.0]
        assert values["text"]["values"] == ["one", "two"]
        assert store.metrics.summary(RUN)["loss"].count == 2

    def test_a_gap_is_refused_and_nothing_is_kept(self, store: Store) -> None:
        script = Script(RUN).log("loss", 1.0).log("loss", 2.0).log("loss", 3.0)
        store.metrics.ingest(*script.batch(0, 2))
        with pytest.raises(ConflictError, match="Send from 2"):
            store.metrics.ingest(*script.batch(3))
        assert store.metrics.cursor(RUN, script.writer) == 2
        assert store.metrics.values(RUN)["loss"]["values"] == [1.0]

    def test_every_type_comes_back_as_it_was(self, store: Store) -> None:
        logged = [1.5, -(2**63), 2**63 - 1, True, False, None, "words", ""]
        script = Script(RUN)
        for value in logged:
            script.log("mixed", value)
        store.metrics.ingest(*script.batch())
        found = store.metrics.values(RUN)["mixed"]["values"]
        assert found == logged
        assert [type(value) for value in found] == [type(value) for value in logged]

    def test_nan_and_infinities_are_points(self, store: Store) -> None:
        script = Script(RUN)
        for value in (math.nan, math.inf, -math.inf, 1.0, math.nan):
            script.log("loss", value)
        store.metrics.ingest(*script.batch())
        found = store.metrics.values(RUN)["loss"]["values"]
        assert math.isnan(found[0])
        assert found[1:4] == [math.inf, -math.inf, 1.0]
        summary = store.metrics.summary(RUN)["loss"]
        assert (summary.value, summary.min, summary.max) == ("NaN", 1.0, 1.0)
        y = store.metrics.series(RUN, "loss", x="index").y
        assert [math.isnan(value) for value in y] == [True, False, False, False, True]

    def test_what_is_no_scalar_comes_back_as_its_json(self, store: Store) -> None:
        table = {"x": [1, 2], "y": [0.5, 0.25]}
        script = Script(RUN).log_json(Kind.LIST, "list", [1, 2.5, "three"])
        script.log_json(Kind.ROW, "row", {"a": 1}).log_json(Kind.TABLE, "table", table)
        store.metrics.ingest(*script.batch())
        assert store.metrics.values(RUN) == {
            "list": {"kind": "list", "values": [[1, 2.5, "three"]]},
            "row": {"kind": "row", "values": [{"a": 1}]},
            "table": {"kind": "table", "values": [table]},
        }

    def test_each_writers_own_order_holds_though_its_clock_goes_back(self, store: Store) -> None:
        one = Script(RUN, "1-a").log("m", 1, time_ms=50).log("m", 2, time_ms=10)
        one.log("m", 4, time_ms=70)
        two = Script(RUN, "2-b").log("m", 0, time_ms=20).log("m", 3, time_ms=60)
        store.metrics.ingest(*one.batch())
        store.metrics.ingest(*two.batch())
        assert store.metrics.values(RUN)["m"]["values"] == [0, 1, 2, 3, 4]

    def test_the_last_word_is_the_latest_writers(self, store: Store) -> None:
        store.metrics.ingest(*Script(RUN, "1-a").log("m", 1, time_ms=50).batch())
        store.metrics.ingest(*Script(RUN, "2-b").log("m", 2, time_ms=40).batch())
        summary = store.metrics.summary(RUN)["m"]
        assert (summary.count, summary.value, summary.min, summary.max) == (2, 1, 1.0, 2.0)

    def test_the_system_stream_keeps_apart(self, store: Store) -> None:
        store.metrics.ingest(*Script(RUN, "1-a").log("cpu", 1.0).batch())
        store.metrics.ingest(*Script(RUN, "2-b", "system").log("cpu", 99.0).batch())
        assert store.metrics.values(RUN)["cpu"]["values"] == [1.0]
        assert store.metrics.series(RUN, "cpu", stream="system").y == [99.0]
        assert store.metrics.summary(RUN, stream="system")["cpu"].value == 99.0

    def test_tags_properties_and_events_are_applied(self, store: Store) -> None:
        script = Script(RUN).tag("colour", "red").tag("colour", "blue")
        script.log_json(Kind.PROPERTIES, "", {"model": "m1"})
        script.log_json(Kind.PROPERTIES, "", {"model": "m2"})
        script.log_json(Kind.EVENT, "", {"event": "fail", "error": "no data"})
        assert store.metrics.ingest(*script.batch()) == 0
        run = store.runs.get(RUN)
        assert run.tags["colour"] == "blue"
        assert run.properties["model"] == "m1"
        assert run.properties["homerun.event"] == "fail"
        assert run.properties["homerun.error"] == "no data"
        assert run.status == "NotStarted"

    def test_a_batch_without_a_name_is_refused(self, store: Store) -> None:
        header, records, entries = Script(RUN).log("loss", 1.0).batch()
        header.names = {}
        with pytest.raises(InvalidInputError, match="name number 1"):
            store.metrics.ingest(header, records, entries)
        assert self.rows(store, "writers") == []

    def test_a_batch_of_no_run_is_refused(self, store: Store) -> None:
        with pytest.raises(NotFoundError, match="nobody"):
            store.metrics.ingest(*Script("nobody").log("loss", 1.0).batch())

    def test_an_empty_batch_is_harmless(self, store: Store) -> None:
        assert store.metrics.ingest(BatchHeader(RUN, "1-a", 0, 0, {}), b"", b"") == 0

    def test_the_live_stream_goes_on_where_it_was(self, store: Store) -> None:
        script = Script(RUN).log("a", 1.0, step=5, time_ms=7)
        store.metrics.ingest(*script.batch())
        first, cursor = store.metrics.since(RUN, None)
        assert first == {"a": [[5, 7, 1.0]]}
        assert store.metrics.head(RUN) == cursor
        assert store.metrics.since(RUN, cursor) == ({}, cursor)
        script.log("b", "text", time_ms=9)
        store.metrics.ingest(*script.batch(2))
        assert store.metrics.since(RUN, cursor)[0] == {"b": [[None, 9, "text"]]}

    def test_new_points_wake_whoever_waits_for_them(self, store: Store) -> None:
        before = store.changes.now()
        store.metrics.ingest(*Script(RUN).log("a", 1.0).batch())
        topic = metrics_topic(RUN)
        assert store.changes.wait([topic], 0, since=before) == {topic}

    def test_a_long_series_is_thinned_without_losing_its_spikes(self, store: Store) -> None:
        script = Script(RUN)
        for step in range(1000):
            script.log("m", 100.0 if step == 777 else 0.0, step=step, time_ms=step)
        store.metrics.ingest(*script.batch())
        series = store.metrics.series(RUN, "m", n=10)
        assert (series.thinned, series.count, len(series.x)) == (True, 1000, 10)
        assert max(series.high) == 100.0
        assert max(series.y) == pytest.approx(1.0)
        window = store.metrics.series(RUN, "m", start=770, end=779, n=10)
        assert (window.thinned, window.x) == (False, list(range(770, 780)))
        assert window.y[7] == 100.0

    def test_a_metric_that_is_not_there_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFoundError, match="'m'"):
            store.metrics.series(RUN, "m")
        assert store.metrics.values(RUN, "m") == {}
        store.metrics.ingest(*Script(RUN).log("m", 1.0).batch())
        with pytest.raises(InvalidInputError, match="index, step, time"):
            store.metrics.series(RUN, "m", x="epoch")
