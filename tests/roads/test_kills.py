"""Somebody dies: the script, the agent, the server. The status is true and no point is lost.

These take seconds, as what they check is how soon a death is noticed.
"""

import os
import signal
import time
from pathlib import Path

import pytest
from tests.roads.conftest import LOGS, Road

LOGS_THEN_SLEEPS = (
    LOGS
    + """
for number in range(10_000):
    writer.append_scalar("loss", float(number), number)
open("outputs/kept", "w").write("kept")
print("logged")
time.sleep(600)
"""
)
ALL_POINTS = [float(number) for number in range(10_000)]


def test_a_killed_script_fails_with_its_signal_and_keeps_every_point(road: Road) -> None:
    run_id = road.submit(LOGS_THEN_SLEEPS)
    road.prints(run_id, "logged")
    road.script(run_id).kill()
    began = time.monotonic()
    run = road.ends(run_id)
    assert time.monotonic() - began < 5
    assert run["status"] == "Failed"
    assert (run["error"]["code"], run["error"]["signal"]) == ("Signal", 9)
    assert run["reason"] == "The script was ended by signal 9 (SIGKILL)."
    assert road.values(run_id, "loss") == ALL_POINTS


def test_a_killed_agent_is_recovered(road: Road) -> None:
    run_id = road.submit(
        LOGS
        + """
import subprocess
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
"""
        + LOGS_THEN_SLEEPS
    )
    road.prints(run_id, "logged")
    assert len(road.tree(run_id)) == 2
    road.agent(run_id).kill()
    began = time.monotonic()
    run = road.ends(run_id, within_s=30)
    assert time.monotonic() - began < 10
    assert run["status"] == "Failed"
    assert run["error"]["code"] == "AgentLost"
    assert run["reason"].startswith("The agent of this run was lost (killed from outside) while")
    assert road.tree(run_id) == []
    assert road.values(run_id, "loss") == ALL_POINTS
    assert road.log(run_id, "outputs/kept") == "kept"


def test_an_agent_that_is_asked_to_end_ends_its_script_and_says_so(road: Road) -> None:
    run_id = road.submit(LOGS_THEN_SLEEPS)
    road.prints(run_id, "logged")
    road.agent(run_id).terminate()
    run = road.ends(run_id)
    assert run["error"]["code"] == "AgentLost"
    assert "SIGTERM" in run["reason"]
    assert road.values(run_id, "loss") == ALL_POINTS


def test_script_and_agent_killed_at_once_lose_nothing(road: Road) -> None:
    run_id = road.submit(LOGS_THEN_SLEEPS)
    road.prints(run_id, "logged")
    agent, script = road.agent(run_id), road.script(run_id)
    agent.kill()
    script.kill()
    assert road.ends(run_id, within_s=30)["error"]["code"] == "AgentLost"
    assert road.values(run_id, "loss") == ALL_POINTS


def test_a_server_killed_twice_is_started_again_and_each_point_comes_once(road: Road) -> None:
    run_id = road.submit(
        LOGS
        + """
for number in range(400):
    writer.append_scalar("loss", float(number), number)
    print("line", number)
    time.sleep(0.02)
"""
    )
    for line in (20, 200):
        road.prints(run_id, f"line {line}\\n".replace("\\n", "\n"))
        road.kill_server()
    run = road.ends(run_id, within_s=60)
    assert run["status"] == "Completed"
    assert road.values(run_id, "loss") == [float(number) for number in range(400)]
    assert road.log(run_id) == "".join(f"line {number}\n" for number in range(400))


def test_runs_of_a_server_that_an_agent_started_are_not_that_agents_leftovers(road: Road) -> None:
    waits_for_file = """
    import os, time
    print("up")
    while not os.path.exists("go"):
        time.sleep(0.02)
    """
    first = road.submit(waits_for_file)
    road.prints(first, "up")
    road.kill_server()
    road.revived()  # by the first run's agent: the server is now its child
    second = road.submit(waits_for_file)
    road.prints(second, "up")
    (road.folder(first) / "work" / "go").touch()
    assert road.ends(first)["status"] == "Completed"
    assert len(road.tree(second)) == 1
    road.kill_server()
    road.revived()  # by the second's, which survived the first's end
    (road.folder(second) / "work" / "go").touch()
    assert road.ends(second)["status"] == "Completed"


def test_everybody_killed_is_put_right_by_the_next_server(road: Road, home: Path) -> None:
    run_id = road.submit(LOGS_THEN_SLEEPS)
    road.prints(run_id, "logged")
    agent, script = road.agent(run_id), road.script(run_id)
    road.kill_server()
    for process in (agent, script):
        process.kill()
    road.reconnect()
    assert road.ends(run_id, within_s=30)["error"]["code"] == "AgentLost"
    assert road.values(run_id, "loss") == ALL_POINTS


def test_a_server_stopped_on_purpose_stays_stopped_and_the_run_goes_on(
    road: Road, home: Path
) -> None:
    from homerun.client.embedded import find_server, stop_server

    run_id = road.submit(
        """
        import time, os
        print("up")
        while not os.path.exists("go"):
            time.sleep(0.02)
        print("done")
        """
    )
    road.prints(run_id, "up")
    work = road.folder(run_id) / "work"
    stop_server(str(home))
    time.sleep(1.5)  # an agent's beat or two
    (work / "go").touch()
    time.sleep(1.0)
    assert find_server(str(home)) is None
    road.reconnect()
    assert road.ends(run_id, within_s=30)["status"] == "Completed"
    assert road.log(run_id) == "up\ndone\n"


def test_a_frozen_agent_does_not_respond_then_does_again(road: Road) -> None:
    """Takes 17 s: that is how long an agent may be silent."""
    run_id = road.submit("import time; print('up'); time.sleep(600)")
    road.prints(run_id, "up")
    road.reaches(run_id, "Running")
    agent = road.agent(run_id)
    agent.suspend()
    run = road.reaches(run_id, "NotResponding", within_s=40)
    assert "has said nothing for 15 s" in run["reason"]
    agent.resume()
    road.reaches(run_id, "Running")
    road.client.runs.cancel(run_id)
    assert road.ends(run_id)["status"] == "Canceled"


@pytest.mark.parametrize("wait_s", [0.0, 0.02, 0.05, 0.1])
def test_an_agent_killed_at_any_early_moment_leaves_a_true_end(road: Road, wait_s: float) -> None:
    run_id = road.submit("print('done')")
    end = time.monotonic() + 5
    job = road.folder(run_id) / "job.json"
    while not job.exists() and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(wait_s)
    for process in _agents(road, run_id):
        os.kill(process, signal.SIGKILL)
    run = road.ends(run_id, within_s=30)
    if run["status"] == "Completed":
        assert road.log(run_id) == "done\n"
    else:
        assert run["error"]["code"] in {"AgentLost", "StartFailed"}
    assert road.tree(run_id) == []


def _agents(road: Road, run_id: str) -> list[int]:
    try:
        return [road.agent(run_id).pid]
    except AssertionError:  # it has ended already
        return []
