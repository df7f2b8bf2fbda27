"""Who may ask for what: the one table of routes and roles, and the rules it stands on.

``guard`` asks this module about every request before any endpoint sees it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from homerun.schema.errors import PermissionDeniedError
from homerun.store import Store

# O  open to whoever reaches the port
# U  the user: the token file's token, or the Studio's cookie
# R  a run's token: reads what belongs to its workspace, makes things in it
# W  a run's token: only the run itself and its descendants
# A  the agent's token: only its own run
_TABLE = """
GET     /api/health                                         O
GET     /api/openapi.json                                   U
POST    /api/session                                        O
GET     /api/session                                        U
POST    /api/tickets                                        U
GET     /api/workspaces                                     U R
POST    /api/workspaces                                     U R
GET     /api/workspaces/{workspace_id}                      U R
DELETE  /api/workspaces/{workspace_id}                      U
GET     /api/experiments                                    U R
POST    /api/experiments                                    U R
GET     /api/experiments/{experiment_id}                    U R
GET     /api/compute                                        U R
POST    /api/compute                                        U
GET     /api/compute/{workspace_id}/{name}                  U R
PATCH   /api/compute/{workspace_id}/{name}                  U
DELETE  /api/compute/{workspace_id}/{name}                  U
GET     /api/environments                                   U R
POST    /api/environments                                   U R
GET     /api/environments/{workspace_id}/{name}             U R
POST    /api/snapshots/missing                              U R
PUT     /api/blobs/{digest}                                 U R A
POST    /api/snapshots                                      U R
GET     /api/snapshots/{snapshot_id}                        U R A
GET     /api/snapshots/{snapshot_id}/tar                    U R A
GET     /api/runs                                           U R
POST    /api/runs                                           U R
GET     /api/runs/{run_id}                                  U R A
PATCH   /api/runs/{run_id}                                  U W
POST    /api/runs/{run_id}/cancel                           U W
POST    /api/runs/{run_id}/ingest                           U W A
POST    /api/runs/{run_id}/beat                             U A
POST    /api/runs/{run_id}/advance                          U W A
POST    /api/runs/{run_id}/logs/{path:path}                 U A
GET     /api/runs/{run_id}/metrics                          U R
GET     /api/runs/{run_id}/metrics/values                   U R
GET     /api/runs/{run_id}/metrics/series                   U R
GET     /api/runs/{run_id}/files                            U R
GET     /api/runs/{run_id}/files/{path:path}                U R
PUT     /api/runs/{run_id}/files/{path:path}                U W A
GET     /api/datastores                                     U R
GET     /api/datastores/{workspace_id}/{name}/files         U R
GET     /api/datastores/{workspace_id}/{name}/files/{path:path}  U R
PUT     /api/datastores/{workspace_id}/{name}/files/{path:path}  U R
GET     /api/search                                         U
GET     /api/stream                                         U
"""

_DESCENT = 64  # parents looked at before a chain is taken for a loop


@dataclass(frozen=True, slots=True)
class Rule:
    """One route and the roles that may use it."""

    method: str
    path: str
    roles: frozenset[str]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        role: ``"user"``, ``"run"`` or ``"agent"``.
        run_id: The run that a run's or an agent's token was made for.
        workspace_id: That run's workspace; only a run's token needs it.
        by_cookie: The Studio's cookie spoke, not a token.
    """

    role: str
    run_id: str | None = None
    workspace_id: str | None = None
    by_cookie: bool = False

    def allow(self, workspace_id: str | None) -> None:
        """Refuse a run's token outside its own workspace.

        Raises:
            PermissionDeniedError: The workspace is another one.
        """
        if self.role == "run" and workspace_id != self.workspace_id:
            raise PermissionDeniedError(
                f"The token of run {self.run_id!r} reaches only its own workspace.",
                "Do this from a control script, with the user's token.",
            )

    def narrow(self, workspace_id: str | None) -> str | None:
        """Give the workspace that a list is to be narrowed to; a run's token sees only its own."""
        if self.role != "run":
            return workspace_id
        self.allow(workspace_id or self.workspace_id)
        return self.workspace_id


def _compiled(path: str) -> re.Pattern[str]:
    pattern = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", path.replace(".", r"\."))
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))


def _rules() -> tuple[Rule, ...]:
    rows = [line.split() for line in _TABLE.splitlines() if line]
    return tuple(Rule(m, path, frozenset(roles), _compiled(path)) for m, path, *roles in rows)


RULES = _rules()


def find_rule(method: str, path: str) -> tuple[Rule | None, dict[str, str], list[str]]:
    """Find the rule for a request, its path's parameters, and the methods that the path knows."""
    methods = []
    for rule in RULES:
        match = rule.pattern.fullmatch(path)
        if match is None:
            continue
        if rule.method == method:
            return rule, match.groupdict(), [method]
        methods.append(rule.method)
    return None, {}, methods


def check(
    who: Principal, rule: Rule, params: Mapping[str, str], query_workspace: str | None, store: Store
) -> None:
    """Let ``who`` through, or raise.

    Raises:
        PermissionDeniedError: The route is not for this role, or not for this run or workspace.
        NotFoundError: The run in the path does not exist.
    """
    run_id = params.get("run_id")
    if who.role == "user" and "U" in rule.roles:
        return
    if who.role == "agent" and "A" in rule.roles:
        if run_id not in (None, who.run_id):
            raise _not_own(who, f"run {run_id!r}")
        return
    if who.role == "run" and "W" in rule.roles:
        if not _descends(store, run_id or "", who.run_id):
            raise _not_own(who, f"run {run_id!r}")
        return
    if who.role == "run" and "R" in rule.roles:
        if run_id is not None and run_id != who.run_id:
            who.allow(store.runs.get(run_id).workspace_id)
        for workspace_id in (params.get("workspace_id"), query_workspace):
            if workspace_id is not None:
                who.allow(workspace_id)
        return
    raise PermissionDeniedError(
        f"{rule.method} {rule.path} is not for the token of a {who.role}.",
        "Do this from a control script, with the user's token.",
    )


def check_parent(who: Principal, parent_run_id: str | None, store: Store) -> None:
    """Let a run's token submit only children of its run or of its descendants.

    Raises:
        PermissionDeniedError: The parent is absent or another one.
    """
    if who.role == "run" and not _descends(store, parent_run_id or "", who.run_id):
        raise PermissionDeniedError(
            f"The token of run {who.run_id!r} submits only children of that run.",
            "Use run.submit_child, or submit from a control script.",
        )


def _descends(store: Store, run_id: str, ancestor: str | None) -> bool:
    for _ in range(_DESCENT):
        if run_id == ancestor:
            return True
        run = store.runs.find(run_id) if run_id else None
        if run is None or run.parent_run_id is None:
            return False
        run_id = run.parent_run_id
    return False


def _not_own(who: Principal, what: str) -> PermissionDeniedError:
    return PermissionDeniedError(f"The token of {who.role} {who.run_id!r} does not reach {what}.")
