"""The real app on a real socket, and a way to ask it anything."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.conftest import free_port

from homerun.schema.api import Run, Workspace, WorkspaceBody
from homerun.schema.runs import RunSpec
from homerun.schema.states import RunStatus, Writer
from homerun.server.app import Parts, wire
from homerun.server.process import server_config
from homerun.server.settings import Settings
from homerun.store import Store, hash_token

USER = "user-token-of-the-tests"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body, parse_constant=_no_constant)

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.json["error"]
        return error


def _no_constant(name: str) -> None:
    raise AssertionError(f"bare {name} in an answer")


@dataclass
class Served:
    port: int
    parts: Parts
    home: Path

    @property
    def store(self) -> Store:
        return self.parts.store

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = USER,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = dict(headers or {})
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            heads = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, heads, answer.read())
        finally:
            connection.close()

    def new_run(self, workspace: Workspace, name: str, **fields: Any) -> Run:
        spec = RunSpec(run_id=name, workspace_id=workspace.id, experiment="exp", **fields)
        return self.store.runs.create(spec)

    def leased(self, workspace: Workspace, name: str, **fields: Any) -> Run:
        """Make a run that an agent holds: its tokens are ``agent-<name>`` and ``run-<name>``."""
        self.new_run(workspace, name, **fields)
        self.store.runs.advance(name, RunStatus.QUEUED, Writer.SCHEDULER)
        return self.store.runs.lease(
            name, hash_token(f"agent-{name}"), hash_token(f"run-{name}"), 1
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the whole app in a thread, without a scheduler that would move the runs of tests."""
    home = tmp_path_factory.mktemp("served") / "home"
    home.mkdir()
    port = free_port()
    (home / "token").write_text(USER)
    parts = wire(Settings(home=home, cores=4), f"http://127.0.0.1:{port}")
    config = server_config(parts.app)
    config.host, config.port = "127.0.0.1", port
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield Served(port, parts, home)
    server.should_exit = True
    parts.followers.end()
    thread.join(10)
    parts.store.close()


@pytest.fixture(scope="module")
def space(served: Served) -> Workspace:
    return served.store.workspaces.create(WorkspaceBody("space", "sub", "rg"))


@pytest.fixture(scope="module")
def elsewhere(served: Served) -> Workspace:
    return served.store.workspaces.create(WorkspaceBody("elsewhere", "sub", "rg"))
