"""What is asked of a compute target, and what it reports: v1's small objects."""

from typing import Any, Dict

from homerun.sdk.section import Section


class AmlComputeProvisioningConfiguration(Section):
    """What was asked of a new target."""

    FIELDS = (
        ("vm_size", "vmSize", ""),
        ("vm_priority", "vmPriority", "dedicated"),
        ("min_nodes", "minNodes", 0),
        ("max_nodes", "maxNodes", None),
        ("idle_seconds_before_scaledown", "idleSecondsBeforeScaledown", 1800),
        ("tags", "tags", None),
        ("description", "description", None),
        ("location", "location", None),
    )


class ScaleSettings(Section):
    """How many nodes a target may have."""

    FIELDS = (
        ("minimum_node_count", "minNodeCount", 0),
        ("maximum_node_count", "maxNodeCount", 1),
        ("idle_seconds_before_scaledown", "nodeIdleTimeBeforeScaleDown", 1800),
    )


class NodeStateCounts(Section):
    """How many nodes are in which state."""

    FIELDS = (
        ("idle_node_count", "idleNodeCount", 0),
        ("running_node_count", "runningNodeCount", 0),
        ("preparing_node_count", "preparingNodeCount", 0),
        ("unusable_node_count", "unusableNodeCount", 0),
        ("leaving_node_count", "leavingNodeCount", 0),
        ("preempted_node_count", "preemptedNodeCount", 0),
    )


class AmlComputeStatus(Section):
    """How a target stands."""

    FIELDS = (
        ("allocation_state", "allocationState", "Steady"),
        ("current_node_count", "currentNodeCount", 0),
        ("target_node_count", "targetNodeCount", 0),
        ("node_state_counts", "nodeStateCounts", None),
        ("scale_settings", "scaleSettings", None),
        ("provisioning_state", "provisioningState", "Succeeded"),
        ("provisioning_errors", "provisioningErrors", None),
        ("errors", "errors", None),
        ("vm_size", "vmSize", ""),
        ("vm_priority", "vmPriority", "dedicated"),
        ("creation_time", "creationTime", None),
    )

    def serialize(self) -> Dict[str, Any]:
        """Give the status as a dictionary in v1's spelling."""
        return self.to_json()


def status_of(record: Dict[str, Any]) -> AmlComputeStatus:
    """Make v1's status of the server's record."""
    running = int(record.get("running") or 0)
    nodes = min(max(running, record["min_nodes"]), record["max_nodes"])
    return AmlComputeStatus(
        current_node_count=nodes,
        target_node_count=nodes,
        node_state_counts=NodeStateCounts(
            running_node_count=running, idle_node_count=max(0, nodes - running)
        ),
        scale_settings=ScaleSettings(
            minimum_node_count=record["min_nodes"],
            maximum_node_count=record["max_nodes"],
            idle_seconds_before_scaledown=record["idle_seconds_before_scaledown"],
        ),
        vm_size=record["vm_size"],
        vm_priority=record["vm_priority"],
    )
