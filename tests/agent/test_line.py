"""How patient the agent is: with a server that is away, that breaks, or that does not know it."""

from pathlib import Path

import pytest
from tests.client.test_transport import Other, answered

from homerun.agent.line import Interrupted, Line
from homerun.agent.orders import Orders
from homerun.agent.reporter import Reporter
from homerun.schema.errors import (
    AuthenticationError,
    HomerunError,
    InvalidInputError,
    ServerUnreachableError,
)
from homerun.schema.runs import JobSpec


class Server:
    """What is asked, answering with one error after another, each some time after the last."""

    def __init__(self, *answers: tuple[float, Exception]) -> None:
        self.now = 1000.0
        self._answers = list(answers)

    def ask(self, _: object) -> str:
        if not self._answers:
            return "here"
        seconds, error = self._answers.pop(0)
        self.now += seconds
        raise error


def job(folder: Path, url: str = "http://127.0.0.1:9") -> JobSpec:
    return JobSpec(run_id="r", home=str(folder), url=url, token="t", folder=str(folder))


def test_a_server_may_be_away_for_long_and_a_stranger_in_its_place_for_a_while(
    tmp_path: Path,
) -> None:
    server = Server(
        (3600, ServerUnreachableError("away")),
        (3600, AuthenticationError("who?")),
        (30, AuthenticationError("who?")),
        (3600, ServerUnreachableError("away")),
        (0, AuthenticationError("who?")),
    )
    orders = Orders()
    assert Line(job(tmp_path), orders, lambda: server.now).persist(server.ask) == "here"
    assert not orders.superseded


def test_who_is_not_known_for_a_minute_has_been_replaced(tmp_path: Path) -> None:
    server = Server((0, AuthenticationError("who?")), (61, AuthenticationError("who?")))
    with pytest.raises(Interrupted):
        Line(job(tmp_path), Orders(), lambda: server.now).persist(server.ask)


def test_a_server_that_breaks_has_a_minute_to_come_round(tmp_path: Path) -> None:
    server = Server((0, HomerunError("oops")), (30, HomerunError("oops")))
    assert Line(job(tmp_path), Orders(), lambda: server.now).persist(server.ask) == "here"
    server = Server((0, HomerunError("oops")), (61, HomerunError("oops again")))
    with pytest.raises(HomerunError, match="oops again"):
        Line(job(tmp_path), Orders(), lambda: server.now).persist(server.ask)


@pytest.mark.parametrize("error", [InvalidInputError("no"), OSError(28, "No space left on device")])
def test_what_no_waiting_mends_is_said_at_once(tmp_path: Path, error: Exception) -> None:
    server = Server((0, error))
    with pytest.raises(type(error)):
        Line(job(tmp_path), Orders(), lambda: server.now).persist(server.ask)


def test_a_beat_that_is_refused_is_not_the_last_one(tmp_path: Path) -> None:
    def answering(other: Other, n: int) -> None:
        if n == 1:
            other.give(422, InvalidInputError("no").to_json())
        else:
            other.give(200, {"cancel": True, "status": "Running"})

    orders = Orders()
    with answered(answering) as there:
        reporter = Reporter(job(tmp_path, there.url), orders, None)
        reporter.beat()
        assert not orders.cancel
        reporter.beat()
        assert orders.cancel
