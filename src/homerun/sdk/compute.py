"""``ComputeTarget`` and ``AmlCompute``: names for shares of the machine."""

from typing import Any, Dict, List, Optional

from homerun.schema.ids import is_target_name
from homerun.sdk.compute_parts import (
    AmlComputeProvisioningConfiguration,
    AmlComputeStatus,
    ScaleSettings,
    status_of,
)
from homerun.sdk.console import say
from homerun.sdk.exceptions import ComputeTargetException
from homerun.sdk.refusals import refuses

LOCAL = "local"
_PRIORITIES = ("dedicated", "lowpriority")


@refuses
class ComputeTarget:
    """A compute target of a workspace; making the object looks it up.

    Raises:
        ComputeTargetException: "ComputeTargetNotFound: …" where there is none.
    """

    def __new__(cls, workspace: Any, name: str) -> Any:
        """Give the target, as v1 does, in the class that matches it."""
        record = _find(workspace, name)
        if record is None:
            known = sorted(one["name"] for one in workspace._connection.compute.list(workspace._id))
            raise ComputeTargetException(
                "ComputeTargetNotFound: Compute Target with name {} not found in provided "
                "workspace. "
                "Known: {}.".format(name, ", ".join(known) or "none")
            )
        return AmlCompute._of(workspace, record)

    @staticmethod
    def create(workspace: Any, name: str, provisioning_configuration: Any) -> "AmlCompute":
        """Make a target and give it at once.

        Raises:
            ComputeTargetException: The name or the configuration cannot be used.
        """
        if not isinstance(name, str) or not is_target_name(name):  # type: ignore[redundant-expr]
            raise ComputeTargetException(
                "A compute target's name must be letters, digits, '_' and '-', first a letter or a "
                f"digit, and {name!r} is not."
            )
        asked = provisioning_configuration
        if not isinstance(asked, AmlComputeProvisioningConfiguration):
            raise ComputeTargetException(
                f"Make the configuration of {name!r} with "
                f"AmlCompute.provisioning_configuration(…); it is of type "
                f"{type(asked).__name__}."
            )
        return AmlCompute._of(
            workspace, workspace._connection.compute.create(_body(workspace, name, asked))
        )

    @staticmethod
    def list(workspace: Any) -> "List[AmlCompute]":
        """Give the workspace's targets."""
        return [
            AmlCompute._of(workspace, one)
            for one in workspace._connection.compute.list(workspace._id)
        ]


class AmlCompute(ComputeTarget):
    """A named share of this machine, with as many runs at once as it has nodes.

    A VM size is a wish that the machine answers as it can.
    """

    _record = {}  # type: Dict[str, Any]

    def __init__(self, workspace: Any, name: str) -> None:
        self.workspace = workspace  # the record came with the object

    @classmethod
    def _of(cls, workspace: Any, record: Dict[str, Any]) -> "AmlCompute":
        made = object.__new__(cls)  # type: AmlCompute
        made.workspace = workspace
        made._record = record
        return made

    @staticmethod
    def provisioning_configuration(
        vm_size: str = "",
        vm_priority: str = "dedicated",
        min_nodes: int = 0,
        max_nodes: Optional[int] = None,
        idle_seconds_before_scaledown: int = 1800,
        admin_username: Optional[str] = None,  # nobody logs in to a share of a machine
        admin_user_password: Optional[str] = None,
        admin_user_ssh_key: Optional[str] = None,
        vnet_resourcegroup_name: Optional[str] = None,
        vnet_name: Optional[str] = None,
        subnet_name: Optional[str] = None,
        tags: Optional[Dict[str, str]] = None,
        description: Optional[str] = None,
        remote_login_port_public_access: str = "NotSpecified",
        identity_type: Optional[str] = None,
        identity_id: Optional[List[str]] = None,
        location: Optional[str] = None,
        enable_node_public_ip: bool = True,
    ) -> AmlComputeProvisioningConfiguration:
        """Describe a target to be made.

        Raises:
            ComputeTargetException: The numbers of nodes, or the priority, contradict themselves.
        """
        most = 1 if max_nodes is None else max_nodes
        if not _is_count(min_nodes, 0) or not _is_count(most, 1) or min_nodes > most:
            raise ComputeTargetException(
                "min_nodes must be 0 or more and max_nodes 1 or more and no smaller, not "
                f"{min_nodes!r} and {max_nodes!r}."
            )
        if vm_priority not in _PRIORITIES:
            raise ComputeTargetException(
                "vm_priority must be one of {}, not {!r}.".format(
                    ", ".join(_PRIORITIES), vm_priority
                )
            )
        return AmlComputeProvisioningConfiguration(
            vm_size=vm_size,
            vm_priority=vm_priority,
            min_nodes=min_nodes,
            max_nodes=max_nodes,
            idle_seconds_before_scaledown=int(idle_seconds_before_scaledown),
            tags=tags,
            description=description,
            location=location,
        )

    @staticmethod
    def supported_vmsizes(workspace: Any, location: Optional[str] = None) -> List[Dict[str, Any]]:
        """Give no list: every VM size is taken, as a wish."""
        return []

    @property
    def name(self) -> str:
        """The target's name."""
        return str(self._record["name"])

    @property
    def type(self) -> str:
        """``"AmlCompute"``."""
        return str(self._record["type"])

    @property
    def vm_size(self) -> str:
        """The VM size that was wished for."""
        return str(self._record["vm_size"])

    @property
    def vm_priority(self) -> str:
        """``"dedicated"`` or ``"lowpriority"``."""
        return str(self._record["vm_priority"])

    @property
    def description(self) -> Optional[str]:
        """What was written about it."""
        return self._record.get("description")

    @property
    def tags(self) -> Dict[str, str]:
        """The target's tags."""
        return dict(self._record.get("tags") or {})

    @property
    def location(self) -> str:
        """Where it is: with the workspace."""
        return str(self.workspace.location)

    @property
    def provisioning_state(self) -> str:
        """Always "Succeeded": a share of this machine is there at once."""
        return "Succeeded"

    @property
    def provisioning_errors(self) -> List[Any]:
        """Always none."""
        return []

    @property
    def scale_settings(self) -> ScaleSettings:
        """How many nodes it may have."""
        return ScaleSettings(
            minimum_node_count=self._record["min_nodes"],
            maximum_node_count=self._record["max_nodes"],
            idle_seconds_before_scaledown=self._record["idle_seconds_before_scaledown"],
        )

    @property
    def status(self) -> AmlComputeStatus:
        """How it stands, as far as was asked last."""
        return status_of(self._record)

    def get_status(self) -> AmlComputeStatus:
        """Ask how it stands."""
        self.refresh_state()
        return self.status

    def refresh_state(self) -> None:
        """Ask the server for it anew."""
        self._record = self.workspace._connection.compute.get(self.workspace._id, self.name)

    def wait_for_completion(
        self,
        show_output: bool = False,
        min_node_count: Optional[int] = None,
        timeout_in_minutes: float = 25,  # it is there at once
        is_delete_operation: bool = False,
    ) -> None:
        """Say that it is there, as it is at once, in v1's lines."""
        if not show_output:
            return
        say("Succeeded")
        say("AmlCompute wait for completion finished")
        say()
        wanted = min_node_count if min_node_count is not None else self._record["min_nodes"]
        if wanted <= self._record["max_nodes"]:
            say("Minimum number of nodes requested have been provisioned")
        else:
            say(
                'Wait timeout has been reached: "{}" has at most {} nodes'.format(
                    self.name, self._record["max_nodes"]
                )
            )

    def update(
        self,
        min_nodes: Optional[int] = None,
        max_nodes: Optional[int] = None,
        idle_seconds_before_scaledown: Optional[int] = None,
    ) -> None:
        """Change how many runs it takes at once."""
        asked = {
            "min_nodes": min_nodes,
            "max_nodes": max_nodes,
            "idle_seconds_before_scaledown": idle_seconds_before_scaledown,
        }
        changes = {name: value for name, value in asked.items() if value is not None}
        self._record = self.workspace._connection.compute.update(
            self.workspace._id, self.name, changes
        )

    def delete(self) -> None:
        """Delete the target; runs that are there stay."""
        self.workspace._connection.compute.delete(self.workspace._id, self.name)

    def serialize(self) -> Dict[str, Any]:
        """Give the target as a dictionary."""
        return {
            "name": self.name,
            "location": self.location,
            "type": self.type,
            "tags": self.tags,
            "description": self.description,
            "provisioningState": self.provisioning_state,
            "provisioningErrors": None,
            "properties": self.status.serialize(),
        }

    def __repr__(self) -> str:
        return (
            f"AmlCompute(workspace={self.workspace!r}, name={self.name!r}, type={self.type!r}, "
            f"provisioning_state={self.provisioning_state!r}, location={self.location!r}, "
            f"tags={self.tags!r})"
        )


def make_on_first_use(workspace: Any, name: str) -> None:
    """Make the target that a submit names and nobody made, and say so; embedded servers only.

    Raises:
        ComputeTargetException: The configured server has no such target; the message
            lists those it has.
    """
    if name == LOCAL or _find(workspace, name) is not None:
        return
    if workspace._connection.is_embedded:
        asked = AmlCompute.provisioning_configuration()
        ComputeTarget.create(workspace, name, asked)
        say(
            f"Compute target {name!r} is new in workspace {workspace.name!r}: made it, on this "
            f"machine."
        )
        return
    ComputeTarget(workspace, name)


def _find(workspace: Any, name: str) -> Optional[Dict[str, Any]]:
    for record in workspace._connection.compute.list(workspace._id):
        if record["name"] == name:
            return record  # type: ignore[no-any-return]
    return None


def _body(workspace: Any, name: str, asked: AmlComputeProvisioningConfiguration) -> Dict[str, Any]:
    return {
        "workspace_id": workspace._id,
        "name": name,
        "type": "AmlCompute",
        "vm_size": asked.vm_size or "",
        "vm_priority": asked.vm_priority,
        "min_nodes": asked.min_nodes,
        "max_nodes": 1 if asked.max_nodes is None else asked.max_nodes,
        "idle_seconds_before_scaledown": asked.idle_seconds_before_scaledown,
        "description": asked.description,
        "tags": {str(k): str(v) for k, v in (asked.tags or {}).items()},
    }


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
