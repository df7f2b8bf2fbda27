"""Who may run when: slots, reasons, and cancelling in every state."""

import time

import pytest
from tests.roads.conftest import Road

SLEEPS = "import time; print('up'); time.sleep(600)"


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make slots the same on every machine; the server of this test is started after this."""
    monkeypatch.setenv("HOMERUN_CORES", "2")


def test_two_run_and_the_third_says_why_it_waits(two_cores: None, road: Road) -> None:
    road.target("cpu-cluster", 2)
    first, second, third, fourth = (road.submit(SLEEPS, target="cpu-cluster") for _ in range(4))
    names = [road.reaches(run, "Running")["display_name"] for run in (first, second)]
    wanted = f"Waits for 1 of 2 slots of cpu-cluster: held by {', '.join(names)}, position "
    road.until(lambda: road.get(third)["reason"] == wanted + "1")
    road.until(lambda: road.get(fourth)["reason"] == wanted + "2")
    road.client.runs.cancel(first)
    assert road.ends(first)["status"] == "Canceled"
    road.reaches(third, "Running")
    road.client.runs.cancel(fourth)
    assert road.ends(fourth)["status"] == "Canceled"  # while it waits
    for run in (second, third):
        road.client.runs.cancel(run)
    for run in (second, third):
        road.ends(run)


def test_a_running_script_is_asked_to_end_then_made_to(two_cores: None, road: Road) -> None:
    polite = road.submit(
        """
        import signal, sys, time
        def end(*_):
            open("outputs/saved", "w").write("in time")
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        print("up")
        time.sleep(600)
        """
    )
    road.prints(polite, "up")
    began = time.monotonic()
    road.client.runs.cancel(polite)
    run = road.ends(polite)
    assert time.monotonic() - began < 5
    assert (run["status"], run["error"]["code"]) == ("Canceled", "Canceled")
    assert road.log(polite, "outputs/saved") == "in time"


def test_cancelling_at_any_moment_ends_as_canceled_and_leaves_nothing(
    two_cores: None, road: Road
) -> None:
    """Each run lives a little longer before it is cancelled: Queued, Starting, Running."""
    for wait_s in (0.0, 0.01, 0.03, 0.06, 0.1, 0.2):
        run_id = road.submit("import time; time.sleep(600)")
        time.sleep(wait_s)
        road.client.runs.cancel(run_id)
        assert road.ends(run_id)["status"] == "Canceled"
        assert road.tree(run_id) == []
        road.client.runs.cancel(run_id)  # again, now that it is over
        assert road.get(run_id)["status"] == "Canceled"
