"""A figure: how often it was taken, least, median and 95th percentile, and the machine's load."""

import os
import statistics
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

HEAD = ("what", "n", "least", "median", "p95", "unit", "load")


class Row(NamedTuple):
    """One line of the table."""

    what: str
    n: int
    least: float
    median: float
    p95: float
    unit: str
    load: float


def row(what: str, values: Iterable[float], unit: str) -> Row:
    """Sum up values; the load is the one-minute average now."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    middle = statistics.median(ordered)
    return Row(what, len(ordered), ordered[0], middle, p95, unit, os.getloadavg()[0])


def timed(call: Callable[[], object]) -> float:
    """Give how many seconds a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def show(rows: Iterable[Row]) -> None:
    """Print a table in Markdown."""
    print("| " + " | ".join(HEAD) + " |")
    print("|" + " --- |" * len(HEAD))
    for line in rows:
        numbers = (number(line.least), number(line.median), number(line.p95))
        cells = (line.what, str(line.n), *numbers, line.unit, f"{line.load:.1f}")
        print("| " + " | ".join(cells) + " |", flush=True)


def number(value: float) -> str:
    """Give three figures, or the whole number."""
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
