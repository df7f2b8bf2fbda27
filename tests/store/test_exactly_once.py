"""Whatever is cut, resent or out of turn: every point is stored once, in order."""

import math
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from homerun.schema.errors import ConflictError
from homerun.store import open_store
from homerun.testing.batches import Script, bits_of
from homerun.testing.runs import make_run

RUN = "exp_1_aaaaaaaa"
VALUES = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.none(),
    st.text(max_size=20).filter(lambda text: text.isprintable()),
)
LOGGED = st.lists(st.tuples(st.sampled_from("abc"), VALUES), min_size=1, max_size=30)
CUTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=12)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return bits_of(one) == bits_of(other)
    return type(one) is type(other) and bool(one == other)


# Each example opens a store of its own, which syncs the disk.
@settings(max_examples=40, deadline=None)
@given(scripts=st.lists(LOGGED, min_size=1, max_size=2), cuts=CUTS)
def test_every_point_is_stored_once_and_in_order(
    scripts: list[list[tuple[str, Any]]], cuts: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "data")
        make_run(store, RUN)
        new = 0
        for number, logged in enumerate(scripts):
            script = Script(RUN, f"{number}-a")
            for name, value in logged:
                script.log(name, value, time_ms=1000 + number)
            for first, length in cuts:
                batch = script.batch(min(first, script.count()), first + length)
                try:
                    new += store.metrics.ingest(*batch)
                except ConflictError:
                    assert batch[0].first > store.metrics.cursor(RUN, script.writer)
            new += store.metrics.ingest(*script.batch(store.metrics.cursor(RUN, script.writer)))
        expected: dict[str, list[Any]] = {}
        for logged in scripts:
            for name, value in logged:
                expected.setdefault(name, []).append(value)
        found = store.metrics.values(RUN)
        summary = store.metrics.summary(RUN)
        streamed, _ = store.metrics.since(RUN, None)
        store.close()
    assert new == sum(len(logged) for logged in scripts)
    assert found.keys() == expected.keys() == summary.keys()
    for name, values in expected.items():
        kept = found[name]["values"]
        assert len(kept) == len(values) == summary[name].count == len(streamed[name])
        assert all(same(one, other) for one, other in zip(kept, values, strict=True))
        finite = [float(v) for v in values if isinstance(v, int | float) and math.isfinite(v)]
        assert summary[name].min == min(finite, default=None)
        assert summary[name].max == max(finite, default=None)
