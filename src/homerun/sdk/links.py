"""Links into the Studio: v1's path shape on homerun's own address."""

from typing import Any, Optional


def workspace_scope(workspace: Any) -> str:
    """Give what v1 puts behind ``wsid=``."""
    return (
        f"/subscriptions/{workspace.subscription_id}/resourcegroups/{workspace.resource_group}/"
        f"workspaces/{workspace.name}"
    )


def run_url(workspace: Any, run_id: str) -> str:
    """Give the link to a run's page."""
    return _url(workspace, f"/runs/{run_id}")


def experiment_url(workspace: Any, experiment_id: str) -> str:
    """Give the link to an experiment's page."""
    return _url(workspace, f"/experiments/id/{experiment_id}")


def workspace_url(workspace: Any) -> str:
    """Give the link to the Studio, on this workspace."""
    return _url(workspace, "/")


def iso_time(time_ms: Optional[int]) -> Optional[str]:
    """Write a stored time as v1 does: UTC, ISO, with a Z."""
    if time_ms is None:
        return None
    import datetime as dt  # not on the way of a script that only logs

    moment = dt.datetime.fromtimestamp(time_ms / 1000.0, dt.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _url(workspace: Any, path: str) -> str:
    """Outside a run the link carries a ticket in its fragment, which logs people in for a day.

    Links made inside a run carry none: they end up in logs that others read.
    """
    connection = workspace._connection
    link = f"{connection.url}{path}?wsid={workspace_scope(workspace)}"
    if connection.is_in_run:
        return link
    return "{}#ticket={}".format(link, connection.session.ticket()["ticket"])
