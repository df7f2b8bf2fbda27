"""``Workspace``: where experiments, runs, targets and data belong."""

import time
from typing import Any, Dict, List, Optional

from homerun.schema.ids import is_workspace_name
from homerun.sdk import links, workspace_file
from homerun.sdk.connection import Connection
from homerun.sdk.console import say
from homerun.sdk.context import open_connection
from homerun.sdk.exceptions import UserErrorException, WorkspaceException
from homerun.sdk.refusals import refuses
from homerun.sdk.workspace_collections import WorkspaceCollections

DEFAULT_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
DEFAULT_RESOURCE_GROUP = "homerun"


@refuses
class Workspace(WorkspaceCollections):
    """A workspace; making the object looks it up.

    Raises:
        WorkspaceException: There is none of this name; the message lists what there is.
    """

    DEFAULT_CPU_CLUSTER_NAME = "cpu-cluster"
    DEFAULT_GPU_CLUSTER_NAME = "gpu-cluster"

    def __init__(
        self,
        subscription_id: str,
        resource_group: str,
        workspace_name: str,
        auth: Any = None,  # log-in objects are accepted and not needed
        _location: Optional[str] = None,
        _disable_service_check: bool = False,
        _workspace_id: Optional[str] = None,
        sku: str = "basic",
        tags: Optional[Dict[str, str]] = None,
        _cloud: str = "AzureCloud",
    ) -> None:
        connection = open_connection()
        self._connection = connection
        self._record = _get(connection, workspace_name, subscription_id, resource_group)

    @classmethod
    def create(
        cls,
        name: str,
        auth: Any = None,  # accepted and not needed
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
        location: Optional[str] = None,
        create_resource_group: bool = True,  # a resource group is a name here
        sku: str = "basic",
        tags: Optional[Dict[str, str]] = None,
        friendly_name: Optional[str] = None,
        storage_account: Any = None,
        key_vault: Any = None,
        app_insights: Any = None,
        container_registry: Any = None,
        exist_ok: bool = False,
        show_output: bool = True,
        **kwargs: Any,  # what else only a cloud needs
    ) -> "Workspace":
        """Make a workspace, or give the one that is there.

        Raises:
            UserErrorException: The name cannot be one.
            WorkspaceException: It exists on a configured server, and not ``exist_ok``.
        """
        if not isinstance(name, str) or not is_workspace_name(name):  # type: ignore[redundant-expr]
            raise UserErrorException(
                f"A workspace's name must be 1 to 255 letters, digits, '_' and '-', and {name!r} "
                f"is not."
            )
        connection = open_connection()
        began = time.monotonic()
        known = {record["id"] for record in connection.workspaces.list()}
        record = connection.workspaces.create(
            {
                "name": name,
                "subscription_id": subscription_id or DEFAULT_SUBSCRIPTION,
                "resource_group": resource_group or DEFAULT_RESOURCE_GROUP,
                "location": location or "local",
                "friendly_name": friendly_name,
                "tags": {str(k): str(v) for k, v in (tags or {}).items()},
                "exist_ok": exist_ok or connection.is_embedded,
            }
        )
        if show_output and record["id"] not in known:
            say(
                f"Deployed Workspace with name {name}. Took {time.monotonic() - began:.2f} seconds."
            )
        return cls._of(connection, record)

    @classmethod
    def from_config(
        cls,
        path: Optional[str] = None,
        auth: Any = None,  # accepted and not needed
        _logger: Any = None,
        _file_name: Optional[str] = None,
    ) -> "Workspace":
        """Give the workspace that ``config.json`` names, looked for upwards from a folder.

        One that only Azure knew is made on first use, with a line that says so, unless somebody
        configured a server.

        Raises:
            UserErrorException: No file, or none that can be read.
            WorkspaceException: The configured server has no such workspace.
        """
        found = workspace_file.find_config(path, _file_name)
        names = workspace_file.read_config(found)
        connection = open_connection()
        record = connection.workspaces.find(names.name, names.subscription_id, names.resource_group)
        if record is None and connection.is_embedded:
            record = connection.workspaces.create(
                {
                    "name": names.name,
                    "subscription_id": names.subscription_id,
                    "resource_group": names.resource_group,
                }
            )
            say(f"Workspace {names.name!r} of {found} is new on this machine: made it.")
        if record is None:
            raise _absent(connection, names.name)
        return cls._of(connection, record)

    @classmethod
    def get(
        cls,
        name: str,
        auth: Any = None,  # accepted and not needed
        subscription_id: Optional[str] = None,
        resource_group: Optional[str] = None,
        location: Optional[str] = None,
        cloud: str = "AzureCloud",
        id: Optional[str] = None,  # v1's name
    ) -> "Workspace":
        """Give the workspace of this name.

        Raises:
            WorkspaceException: There is none, or several and no resource group to tell them apart.
        """
        connection = open_connection()
        if id is not None:
            return cls._of(connection, connection.workspaces.get(id))
        return cls._of(connection, _get(connection, name, subscription_id, resource_group))

    @staticmethod
    def list(
        subscription_id: Optional[str] = None,
        auth: Any = None,  # accepted and not needed
        resource_group: Optional[str] = None,
    ) -> "Dict[str, List[Workspace]]":
        """Give the workspaces by name, each name with all that bear it."""
        connection = open_connection()
        found = {}  # type: Dict[str, List[Workspace]]
        for record in _matching(connection, None, subscription_id, resource_group):
            found.setdefault(record["name"], []).append(Workspace._of(connection, record))
        return found

    @property
    def name(self) -> str:
        """The workspace's name."""
        return str(self._record["name"])

    @property
    def subscription_id(self) -> str:
        """The subscription it was made under; a name and nothing more here."""
        return str(self._record["subscription_id"])

    @property
    def resource_group(self) -> str:
        """The resource group it was made under; a name and nothing more here."""
        return str(self._record["resource_group"])

    @property
    def location(self) -> str:
        """Where it was made; "local" unless something was given."""
        return str(self._record["location"])

    @property
    def tags(self) -> Dict[str, str]:
        """The workspace's tags."""
        return dict(self._record.get("tags") or {})

    @property
    def friendly_name(self) -> str:
        """The name for people."""
        return str(self._record.get("friendly_name") or self.name)

    @property
    def sku(self) -> str:
        """Always "Basic"."""
        return "Basic"

    @property
    def id(self) -> str:
        """The workspace's id."""
        return self._id

    _workspace_name = name
    _subscription_id = subscription_id
    _resource_group = resource_group

    def write_config(self, path: Optional[str] = None, file_name: Optional[str] = None) -> None:
        """Write ``.azureml/config.json`` under a folder, so that ``from_config`` finds this one."""
        names = workspace_file.WorkspaceNames(self.subscription_id, self.resource_group, self.name)
        workspace_file.write_config(names, path, file_name)

    def delete(
        self,
        delete_dependent_resources: bool = False,  # what is in it goes with it
        no_wait: bool = False,
    ) -> None:
        """Delete the workspace and everything in it."""
        self._connection.workspaces.delete(self._id)

    def get_details(self) -> Dict[str, Any]:
        """Give what v1 gives of its Azure resource, as far as there is one."""
        scope = workspace_file.scope_of(self.subscription_id, self.resource_group, self.name)
        return {
            "id": scope,
            "name": self.name,
            "location": self.location,
            "type": "Microsoft.MachineLearningServices/workspaces",
            "tags": self.tags,
            "sku": self.sku,
            "workspaceid": self._id,
            "workspaceId": self._id,
            "friendlyName": self.friendly_name,
            "creationTime": links.iso_time(self._record.get("created_ms")),
            "storageAccount": None,
            "keyVault": None,
            "applicationInsights": None,
            "containerRegistry": None,
            "discoveryUrl": self._connection.url,
        }

    def get_portal_url(self) -> str:
        """Give the link to the Studio."""
        return links.workspace_url(self)

    def __repr__(self) -> str:
        return (
            f"Workspace.create(name={self.name!r}, subscription_id={self.subscription_id!r}, "
            f"resource_group={self.resource_group!r})"
        )

    @classmethod
    def _of(cls, connection: Connection, record: Dict[str, Any]) -> "Workspace":
        made = cls.__new__(cls)
        made._connection = connection
        made._record = record
        return made


def _get(
    connection: Connection, name: str, subscription_id: Optional[str], resource_group: Optional[str]
) -> Dict[str, Any]:
    found = _matching(connection, name, subscription_id, resource_group)
    if len(found) > 1:
        raise WorkspaceException(
            "There are {} workspaces called {!r}: give subscription_id and resource_group too. "
            "They are in: {}.".format(
                len(found),
                name,
                ", ".join(
                    sorted("{subscription_id}/{resource_group}".format(**one) for one in found)
                ),
            )
        )
    if not found:
        raise _absent(connection, name)
    return found[0]


def _matching(
    connection: Connection,
    name: Optional[str],
    subscription_id: Optional[str],
    resource_group: Optional[str],
) -> List[Dict[str, Any]]:
    wanted = {"name": name, "subscription_id": subscription_id, "resource_group": resource_group}
    return [
        record
        for record in connection.workspaces.list()
        if all(value is None or record[key] == value for key, value in wanted.items())
    ]


def _absent(connection: Connection, name: str) -> WorkspaceException:
    known = sorted({record["name"] for record in connection.workspaces.list()})
    return WorkspaceException(
        "There is no workspace {!r}. Known: {}. Make it with Workspace.create(name={!r}).".format(
            name, ", ".join(known) or "none", name
        )
    )
