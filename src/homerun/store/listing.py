"""A list of runs as SQL: what ``RunQuery`` narrows and how it orders."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, or_, select

from homerun.schema.api import RunQuery
from homerun.schema.errors import InvalidInputError
from homerun.schema.states import FINAL
from homerun.store.tables import metrics, run_tags, runs

MAX_LIMIT = 1000
_MOST_WORDS = 50  # SQLite takes no expression of any depth
_METRIC = "metric:"


def count(connection: Connection, query: RunQuery) -> dict[str, int]:
    """Give how many runs match in each status, whatever statuses are asked for.

    Raises:
        InvalidInputError: More words are looked for than can be.
    """
    counted = select(runs.c.status, func.count()).where(*_narrow(query)).group_by(runs.c.status)
    return {row[0]: row[1] for row in connection.execute(counted)}


def window(connection: Connection, query: RunQuery, now_ms: int) -> list[Row[Any]]:
    """Give the rows of the page.

    Raises:
        InvalidInputError: There is no such order.
    """
    rows = select(runs).where(*_narrow(query))
    if query.status:
        rows = rows.where(runs.c.status.in_(query.status))
    rows = _order(rows, query, now_ms)
    rows = rows.offset(max(0, query.offset)).limit(min(max(0, query.limit), MAX_LIMIT))
    return list(connection.execute(rows))


def _narrow(query: RunQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (runs.c.workspace_id, query.workspace_id),
        (runs.c.experiment, query.experiment),
        (runs.c.parent_run_id, query.parent),
        (runs.c.target, query.target),
    ):
        if value:
            found.append(column == value)
    if query.live is not None:
        found.append(runs.c.status.not_in(FINAL) if query.live else runs.c.status.in_(FINAL))
    if query.tag:
        found.append(_has_tag(query.tag))
    words = (query.q or "").split()
    if len(words) > _MOST_WORDS:
        raise InvalidInputError(f"{len(words)} words are too many to look for.", "Use up to 50.")
    found.extend(_has_word(word) for word in words)
    return found


def _has_tag(tag: str) -> ColumnElement[bool]:
    key, equals, value = tag.partition("=")
    mine = exists().where(run_tags.c.run == runs.c.number, run_tags.c.key == key)
    return mine.where(run_tags.c.value == value) if equals else mine


def _has_word(word: str) -> ColumnElement[bool]:
    tags = exists().where(
        run_tags.c.run == runs.c.number,
        or_(_contains(run_tags.c.key, word), _contains(run_tags.c.value, word)),
    )
    columns = (runs.c.run_id, runs.c.display_name, runs.c.experiment)
    return or_(*(_contains(column, word) for column in columns), tags)


def _contains(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return column.icontains(word, autoescape=True)


def _order(rows: Select[Any], query: RunQuery, now_ms: int) -> Select[Any]:
    number = runs.c.number
    if query.sort.startswith(_METRIC):
        rows = rows.outerjoin(
            metrics,
            (metrics.c.run == number)
            & (metrics.c.stream == "user")
            & (metrics.c.name == query.sort[len(_METRIC) :]),
        )
        key: ColumnElement[Any] = metrics.c.last_number
    else:
        key = _sort_key(query.sort, now_ms)
    if query.descending:
        return rows.order_by(key.desc().nulls_last(), number.desc())
    return rows.order_by(key.asc().nulls_last(), number.asc())


def _sort_key(sort: str, now_ms: int) -> ColumnElement[Any]:
    match sort:
        case "created":
            return runs.c.number
        case "name":
            return func.lower(runs.c.display_name)
        case "status":
            return runs.c.status
        case "duration":
            return func.coalesce(runs.c.ended_ms, now_ms) - runs.c.started_ms
        case _:
            raise InvalidInputError(
                f"Runs cannot be sorted by {sort!r}.",
                "Known: created, name, status, duration, metric:<name>.",
            )
