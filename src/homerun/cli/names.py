"""From what a person types to one run: its id, its name, or the beginning of either."""

from typing import Any

from homerun.client.http import Client
from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.schema.ids import is_run_id

MOST_SHOWN = 5


def get_run(client: Client, typed: str) -> dict[str, Any]:
    """Give the one run that is meant.

    Raises:
        NotFoundError: None begins so.
        InvalidInputError: Several do.
    """
    if is_run_id(typed):
        try:
            return client.runs.get(typed)
        except NotFoundError:
            pass  # it may be a name, or the beginning of an id
    page = client.runs.list(q=typed, limit=200)
    return pick(typed, page["runs"])


def pick(typed: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Choose from runs that may be meant: a whole name beats the beginning of one.

    Raises:
        NotFoundError: None begins so.
        InvalidInputError: Several do.
    """
    whole = [run for run in runs if typed in (run["run_id"], run["display_name"])]
    names = ("run_id", "display_name")
    begun = [run for run in runs if any(run[name].startswith(typed) for name in names)]
    meant = whole or begun
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise NotFoundError(f"There is no run {typed!r}.", "`homerun runs` lists those there are.")
    shown = ", ".join(run["run_id"] for run in meant[:MOST_SHOWN])
    more = "" if len(meant) <= MOST_SHOWN else f" and {len(meant) - MOST_SHOWN} more"
    raise InvalidInputError(
        f"{typed!r} may be any of {len(meant)} runs: {shown}{more}.", "Type more letters."
    )
