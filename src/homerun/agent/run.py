"""One run from its folder to its final status. Every step may be the last: the next agent goes on.

1. state.json names this process     2. snapshot, inputs     3. the script starts
4. its journal and logs are shipped while it runs            5. its end is written down
6. what it left running is ended     7. the rest is delivered    8. final status    9. clean up
"""

import shutil
import threading
import time

from homerun.agent.delivery import Delivery
from homerun.agent.inputs import place_inputs
from homerun.agent.line import Interrupted, Line
from homerun.agent.orders import Orders
from homerun.agent.outcome import outcome_of
from homerun.agent.place import Place, State
from homerun.agent.prepare import script_command, script_environment, unpack
from homerun.agent.reporter import Reporter, advance
from homerun.agent.script import EndedBy, Script
from homerun.client.http import Client
from homerun.schema.errors import HomerunError
from homerun.schema.runs import JobSpec
from homerun.schema.states import RunStatus

# How often there is a look at what the script logged: at first, while it logs, when it is quiet,
# and while the server is away.
_EAGER_S = 1.0
_EAGER_PAUSE_S = 0.02
_PAUSE_S = 0.2
_QUIET_S = 30.0
_QUIET_PAUSE_S = 1.0
_AWAY_PAUSE_S = 0.5


def run_job(job: JobSpec, place: Place, state: State) -> int:
    """Run the script of ``job`` and see it to its final status; give the agent's exit code."""
    orders = Orders()
    orders.listen()
    line = Line(job, orders)
    delivery = Delivery(job, place, line)
    reporter = Reporter(job, orders, f"{state.pid}:{state.start}")
    reporter.start()
    try:
        script = _start(job, place, state, line, orders)
        if script is not None:
            reporter.script_started(script.pid)
            _watch(script, job, place, state, orders, delivery)
            reporter.announce(line)
        reporter.status = RunStatus.FINALIZING
        advance(line, job, RunStatus.FINALIZING)
        finish(job, place, state, delivery, line)
    except Interrupted:
        return 1
    finally:
        reporter.end()
    return 0


def finish(job: JobSpec, place: Place, state: State, delivery: Delivery, line: Line) -> None:
    """Deliver what is left, say how the run ended, and clean up. Repeatable at every point.

    Raises:
        Interrupted: A newer attempt has taken the run over.
    """
    delivery.finish(line)
    if line.orders.cancel and state.ended_by is None and state.failure is None:
        state.ended_by = EndedBy.CANCEL  # it came while the rest was being delivered
    outcome = outcome_of(state, job, place)
    advance(line, job, outcome.status, outcome.reason, outcome.error)
    delivery.remove_journals()
    (place.folder / "job.json").unlink(missing_ok=True)  # the tokens
    if outcome.status == RunStatus.COMPLETED and delivery.is_complete:
        shutil.rmtree(place.folder, ignore_errors=True)


def _start(job: JobSpec, place: Place, state: State, line: Line, orders: Orders) -> Script | None:
    """Bring everything into its place and start the script; None where that cannot be."""
    try:
        _unpack(job, place, line)
        for folder in (place.journal, place.work / "outputs", place.work / "logs"):
            folder.mkdir(exist_ok=True)
        inputs = place_inputs(job.inputs, place)
        command = script_command(job, inputs, place.work)
        environment = script_environment(job, place, inputs)
        script = Script.start(command, place.work, environment, place.driver_log)
    except Interrupted:
        state.ended_by = EndedBy.CANCEL if orders.cancel else EndedBy.TERMINATE
        state.failure = None if orders.cancel else "The agent was asked to end before the script."
        if orders.superseded:
            raise
    except (HomerunError, OSError) as error:
        state.failure = str(error)
        place.remark(state.failure)
    else:
        state.script_pid = script.pid
        place.write_state(state)
        return script
    place.write_state(state)
    return None


def _unpack(job: JobSpec, place: Place, line: Line) -> None:
    snapshot = job.snapshot_id
    if snapshot is None:
        place.work.mkdir(exist_ok=True)
        return

    def fetch(client: Client) -> None:
        unpack(client.snapshots.read_tar(snapshot), place.work)

    line.persist(fetch, lambda orders: orders.cancel or orders.terminate)


def _watch(
    script: Script,
    job: JobSpec,
    place: Place,
    state: State,
    orders: Orders,
    delivery: Delivery,
) -> None:
    """Wait for the script's end, ship meanwhile, write the end down, end what it left."""
    ended = threading.Event()
    shipping = threading.Thread(target=_ship, args=(delivery, ended), daemon=True)
    shipping.start()
    state.returncode, state.ended_by = script.watch(orders, job.max_run_duration_s)
    if orders.superseded:
        script.end_leftovers()
        raise Interrupted
    place.write_state(state)
    left = script.end_leftovers()
    if left:
        place.remark(f"{left} processes that the script had left running were ended")
    ended.set()
    shipping.join()


def _ship(delivery: Delivery, ended: threading.Event) -> None:
    """Send what is new until the script has ended, as often as it is likely that there is some."""
    began = last = time.monotonic()
    pause_s = _EAGER_PAUSE_S
    while not ended.wait(pause_s):
        try:
            moved = delivery.step()
        except (HomerunError, OSError):
            # The reporter, which has a line of its own, brings a lost server back; all of this is
            # sent again.
            pause_s = _AWAY_PAUSE_S
            continue
        now = time.monotonic()
        last = now if moved else last
        pause_s = _EAGER_PAUSE_S if now - began < _EAGER_S else _PAUSE_S
        if now - last > _QUIET_S:  # it may compute for days: a look costs a listing of its logs
            pause_s = _QUIET_PAUSE_S
