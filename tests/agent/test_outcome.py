"""How a run's end is told, from what the agent wrote down."""

from pathlib import Path
from typing import Any

import pytest

from homerun.agent.outcome import outcome_of, signal_text
from homerun.agent.place import Place, State
from homerun.schema.runs import JobSpec


@pytest.fixture
def job(tmp_path: Path) -> JobSpec:
    return JobSpec(
        run_id="r", home="/h", url="u", token="t", folder=str(tmp_path), max_run_duration_s=5.0
    )


@pytest.mark.parametrize(
    ("state", "status", "code", "reason"),
    [
        ({"returncode": 0}, "Completed", None, None),
        ({"returncode": 2}, "Failed", "UserError", "The script ended with exit code 2."),
        (
            {"returncode": -11},
            "Failed",
            "Signal",
            "The script was ended by signal 11 (SIGSEGV).",
        ),
        (
            {"returncode": -15, "ended_by": "cancel"},
            "Canceled",
            "Canceled",
            "Canceled; the script was ended by signal 15 (SIGTERM).",
        ),
        (
            {"returncode": 0, "ended_by": "cancel"},
            "Canceled",
            "Canceled",
            "Canceled; the script ended with exit code 0.",
        ),
        (
            {"returncode": -9, "ended_by": "timeout"},
            "Failed",
            "Timeout",
            "It ran longer than its limit of 5 s and was ended.",
        ),
        ({"failure": "There is no script."}, "Failed", "StartFailed", "There is no script."),
    ],
)
def test_every_end_has_a_status_a_code_and_a_sentence(
    job: JobSpec, state: dict[str, Any], status: str, code: str | None, reason: str | None
) -> None:
    outcome = outcome_of(State(pid=1, start="1", **state), job, Place(job))
    assert (outcome.status, outcome.reason) == (status, reason)
    assert (outcome.error or {}).get("code") == code


def test_a_lost_agent_says_whether_the_script_had_started(job: JobSpec) -> None:
    place = Place(job)
    before = outcome_of(State(pid=1, start="1"), job, place)
    after = outcome_of(State(pid=1, start="1", script_pid=2), job, place)
    assert "before it started the script" in (before.reason or "")
    assert "while the script ran" in (after.reason or "")


def test_only_an_exception_at_the_very_end_is_quoted(job: JobSpec) -> None:
    place = Place(job)
    place.driver_log.parent.mkdir()
    state = State(pid=1, start="1", returncode=1)
    for text, tail in (
        ("Traceback\nbox.CustomError: bad\n", ": box.CustomError: bad"),
        ("KeyError: 1\ndone\n", "."),
        ("", "."),
    ):
        place.driver_log.write_text(text)
        outcome = outcome_of(state, job, place)
        assert outcome.reason == "The script ended with exit code 1" + tail


def test_a_state_survives_a_reader_at_any_moment(job: JobSpec) -> None:
    place = Place(job)
    assert place.read_state() is None
    place.write_state(State(pid=1, start="2", script_pid=3))
    assert place.read_state() == State(pid=1, start="2", script_pid=3)
    (place.folder / "state.json").write_text('{"pid": 1')
    assert place.read_state() is None


def test_unknown_signals_have_their_number() -> None:
    assert signal_text(9) == "signal 9 (SIGKILL)"
    assert signal_text(99) == "signal 99"
