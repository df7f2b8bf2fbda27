"""A metric made as long as a chart is wide."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from homerun.schema.api import Series
from homerun.schema.errors import InvalidInputError
from homerun.schema.records import NO_STEP, Kind, Type
from homerun.store.columns import Floats, Ints, numbers, starts_of
from homerun.store.reading import Columns

MAX_BUCKETS = 20_000
_NUMERIC = (Type.FLOAT, Type.INT, Type.BOOL)


def to_series(
    name: str, columns: Columns, x: str, window: tuple[float | None, float | None], n: int
) -> Series:
    """Give the numbers of a metric within the window, thinned where there are more than ``n``.

    Raises:
        InvalidInputError: There is no such x axis.
    """
    charted = (columns.kinds == Kind.SCALAR) & np.isin(columns.types, _NUMERIC)
    columns = columns.only(charted)
    at = _axis(columns, x)
    y = numbers(columns.types, columns.bits)
    if x != "index":
        order = np.argsort(at, kind="stable")
        at, y = at[order], y[order]
    start, end = window
    first = 0 if start is None else int(np.searchsorted(at, start, side="left"))
    last = len(at) if end is None else int(np.searchsorted(at, end, side="right"))
    at, y = at[first:last], y[first:last]
    n = min(max(1, n), MAX_BUCKETS)
    if len(at) <= n:
        values = y.tolist()
        return Series(name, at.tolist(), values, values, values, len(at), thinned=False)
    return Series(name, *thin(at, y, n), count=len(at), thinned=True)


def thin(x: Ints, y: Floats, n: int) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Give x, mean, min and max of at most ``n`` buckets of equal width; x must be sorted.

    The three are over finite values. A bucket's first NaN, first infinity and first negative
    infinity become points of their own, so that a chart can mark them.
    """
    bucket = _buckets(x, n)
    starts = starts_of(bucket)
    ends = np.append(starts[1:], len(x))
    finite = np.isfinite(y)
    counts = np.add.reduceat(finite.astype(np.int64), starts)
    low = np.minimum.reduceat(np.where(finite, y, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, y, -np.inf), starts)
    # Divided before it is summed: two large floats sum to infinity. Rounding may still get there.
    shares = np.where(finite, y, 0.0) / np.repeat(np.maximum(counts, 1), ends - starts)
    with np.errstate(over="ignore"):
        mean = np.add.reduceat(shares, starts)
    kept = counts > 0
    low, high = low[kept], high[kept]
    mean = np.clip(mean[kept], low, high)
    middles = ((starts + ends - 1) // 2)[kept]
    marked = _marked(bucket, y)
    places = np.concatenate((middles, marked))
    order = np.argsort(places, kind="stable")

    def joined(values: Floats) -> list[Any]:
        both: list[Any] = np.concatenate((values, y[marked]))[order].tolist()
        return both

    return x[places][order].tolist(), joined(mean), joined(low), joined(high)


def _axis(columns: Columns, x: str) -> Ints:
    index: Ints = np.arange(len(columns.steps))
    match x:
        case "index":
            return index
        case "step":
            return np.where(columns.steps == NO_STEP, index, columns.steps)
        case "time":
            return columns.times
        case _:
            raise InvalidInputError(f"A series has no x axis {x!r}.", "Known: index, step, time.")


def _buckets(x: Ints, n: int) -> Ints:
    offsets = x.astype(np.float64) - float(x[0])
    if offsets[-1] <= 0:
        return np.arange(len(x)) * n // len(x)
    bucket: Ints = np.minimum((offsets / offsets[-1] * n).astype(np.int64), n - 1)
    return bucket


def _marked(bucket: Ints, y: Floats) -> NDArray[Any]:
    firsts = []
    for odd in (np.isnan(y), y == np.inf, y == -np.inf):
        places = np.flatnonzero(odd)
        firsts.append(places[starts_of(bucket[places])])
    return np.concatenate(firsts)
