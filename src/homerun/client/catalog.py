"""What is set up once and used by many runs: workspaces, experiments, targets, environments."""

from typing import Any, Dict, List, Optional

from homerun.client.transport import Transport
from homerun.client.wire import join

Json = Dict[str, Any]


class Workspaces:
    """``/api/workspaces``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, body: Json) -> Json:
        """Make a workspace; with ``exist_ok``, one that is there is given as it is."""
        return self._transport.call("POST", "/api/workspaces", body)

    def find(
        self, name: str, subscription_id: str = "", resource_group: str = ""
    ) -> Optional[Json]:
        """Give the workspace with this identity, or None."""
        query = {
            "name": name,
            "subscription_id": subscription_id,
            "resource_group": resource_group,
        }
        found = self._transport.call("GET", "/api/workspaces", query=query)["workspaces"]
        return found[0] if found else None

    def list(self) -> List[Json]:
        """Give every workspace."""
        return list(self._transport.call("GET", "/api/workspaces")["workspaces"])

    def get(self, workspace_id: str) -> Json:
        """Give one workspace."""
        return self._transport.call("GET", join("workspaces", workspace_id))

    def delete(self, workspace_id: str) -> None:
        """Delete a workspace with everything in it."""
        self._transport.call("DELETE", join("workspaces", workspace_id))


class Experiments:
    """``/api/experiments``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, workspace_id: str, name: str) -> Json:
        """Make an experiment; one that is there is given as it is."""
        body = {"workspace_id": workspace_id, "name": name}
        return self._transport.call("POST", "/api/experiments", body)

    def list(self, workspace_id: Optional[str] = None) -> List[Json]:
        """Give the experiments, with the counts of their runs."""
        query = {"workspace_id": workspace_id}
        answer = self._transport.call("GET", "/api/experiments", query=query)
        return list(answer["experiments"])

    def get(self, experiment_id: str) -> Json:
        """Give one experiment."""
        return self._transport.call("GET", join("experiments", experiment_id))


class Compute:
    """``/api/compute``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, body: Json) -> Json:
        """Make a compute target."""
        return self._transport.call("POST", "/api/compute", body)

    def list(self, workspace_id: Optional[str] = None) -> List[Json]:
        """Give the compute targets."""
        return list(self._all(workspace_id)["targets"])

    def machine(self) -> Json:
        """Give the machine that they share: cores, memory_mb, gpus, free_cores."""
        return dict(self._all(None)["machine"])

    def get(self, workspace_id: str, name: str) -> Json:
        """Give one compute target."""
        return self._transport.call("GET", join("compute", workspace_id, name))

    def update(self, workspace_id: str, name: str, changes: Json) -> Json:
        """Change some fields of a compute target."""
        path = join("compute", workspace_id, name)
        return self._transport.call("PATCH", path, changes)

    def delete(self, workspace_id: str, name: str) -> None:
        """Delete a compute target."""
        self._transport.call("DELETE", join("compute", workspace_id, name))

    def _all(self, workspace_id: Optional[str]) -> Json:
        query = {"workspace_id": workspace_id}
        return self._transport.call("GET", "/api/compute", query=query)


class Environments:
    """``/api/environments``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def register(self, body: Json) -> Json:
        """Register a definition; the same one again gives the same version."""
        return self._transport.call("POST", "/api/environments", body)

    def list(self, workspace_id: str, name: Optional[str] = None) -> List[Json]:
        """Give the registered versions, of one name or of all."""
        query = {"workspace_id": workspace_id, "name": name}
        answer = self._transport.call("GET", "/api/environments", query=query)
        return list(answer["environments"])

    def get(self, workspace_id: str, name: str, version: Optional[str] = None) -> Json:
        """Give one version, the newest unless named."""
        path = join("environments", workspace_id, name)
        return self._transport.call("GET", path, query={"version": version})
