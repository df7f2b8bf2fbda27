"""Many threads at once: nothing is lost, nothing is read half made."""

import threading
from concurrent.futures import ThreadPoolExecutor

from homerun.store import Store
from homerun.testing.batches import Script
from homerun.testing.runs import make_run


def test_writers_side_by_side_lose_nothing(store: Store) -> None:
    run_id = make_run(store).run_id

    def write(number: int) -> None:
        script = Script(run_id, f"{number}-a")
        for value in range(200):
            script.log("m", value, time_ms=value)
            if value % 20 == 19:
                store.metrics.ingest(*script.batch(store.metrics.cursor(run_id, script.writer)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert store.metrics.values(run_id)["m"]["values"] == sorted(list(range(200)) * 4)


def test_a_reader_never_sees_half_a_batch(store: Store) -> None:
    run_id = make_run(store).run_id
    is_over = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not is_over.is_set():
            summary = store.metrics.summary(run_id)
            seen.append(summary["m"].count if summary else 0)

    reader = threading.Thread(target=read)
    reader.start()
    script = Script(run_id)
    for number in range(20):
        for value in range(50):
            script.log("m", value)
        store.metrics.ingest(*script.batch(store.metrics.cursor(run_id, script.writer)))
        assert store.metrics.summary(run_id)["m"].count == 50 * (number + 1)
    is_over.set()
    reader.join(10)
    assert all(count % 50 == 0 for count in seen)
    assert seen == sorted(seen)
