"""What is done for a run whose agent was lost: nothing keeps running, nothing stays unsent."""

from homerun.agent.delivery import Delivery
from homerun.agent.line import Interrupted, Line
from homerun.agent.orders import Orders
from homerun.agent.place import Place, State
from homerun.agent.reporter import Reporter
from homerun.agent.run import finish
from homerun.compute.local import processes
from homerun.schema.runs import JobSpec

_LEFTOVERS_GRACE_S = 2.0


def recover_job(job: JobSpec, place: Place, state: State) -> int:
    """End the leftovers of a run, deliver the rest, and say how it ended.

    Where the lost agent had seen the script end, that is how the run ended: only its delivery was
    interrupted. A run that is final already gets what was not delivered yet.
    """
    orders = Orders()
    orders.listen()
    folder = str(place.folder)
    processes.end_processes(lambda: processes.marked_processes(folder), _LEFTOVERS_GRACE_S)
    line = Line(job, orders)
    reporter = Reporter(job, orders, None)
    try:
        reporter.beat()  # was it to be cancelled?
        reporter.start()
        finish(job, place, state, Delivery(job, place, line), line)
    except Interrupted:
        return 1
    finally:
        reporter.end()
    return 0
