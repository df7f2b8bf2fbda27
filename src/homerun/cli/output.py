"""What every command shares: how it prints, and with which code it ends."""

import json
import sys
import time
from collections.abc import Sequence
from enum import IntEnum
from typing import Annotated, Any

import typer


class Exit(IntEnum):
    """What a command's exit code says. 130 is Ctrl-C, as everywhere."""

    OK = 0
    FAILED = 1  # the run failed or was canceled; the server refused
    USAGE = 2  # what was typed can never work, or names something that is not there
    UNREACHABLE = 3  # no server answers
    INTERRUPTED = 130


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a script to read.")]


def show_json(value: Any) -> None:
    """Print one JSON value."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def show_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns that are as wide as they need to be."""
    widths = [max(len(row[n]) for row in [headers, *rows]) for n in range(len(headers))]
    for row in [headers, *rows]:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())


def note(text: str) -> None:
    """Say something beside the answer; it goes to stderr, so that pipes stay clean."""
    print(text, file=sys.stderr, flush=True)


def ago(time_ms: int | None) -> str:
    """Say how long ago a time was."""
    if time_ms is None:
        return ""
    return f"{duration(time.time() * 1000 - time_ms)} ago"


def duration(length_ms: float) -> str:
    """Say a length of time in its largest unit or two: ``8 s``, ``2 min 5 s``, ``3 h 10 min``."""
    seconds = max(0, round(length_ms / 1000))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"
