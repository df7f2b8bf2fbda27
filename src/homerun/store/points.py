"""One value of a metric, between its eight bytes and Python; NumPy stays out of lists of runs."""

import math
import struct
from typing import Any

from homerun.schema.api import MetricSummary
from homerun.schema.records import METRIC_KINDS, Kind, Type, step_of
from homerun.schema.wire import read_json, to_wire

_BITS = struct.Struct("<q")
_FLOAT = struct.Struct("<d")


def to_value(kind: int, type_code: int, bits: int, text: str | None) -> Any:
    """Give the value that was logged; whatever is no scalar is what its JSON says."""
    match type_code:
        case Type.FLOAT:
            return float_of(bits)
        case Type.INT:
            return bits
        case Type.BOOL:
            return bool(bits)
        case Type.TEXT:
            return text if kind == Kind.SCALAR else _from_json_text(text or "")
        case _:
            return None


def float_of(bits: int) -> float:
    """Read eight bytes, given as an integer, as a float."""
    value: float = _FLOAT.unpack(_BITS.pack(bits))[0]
    return value


def number_of(type_code: int, bits: int) -> float | None:
    """Give what a chart or a sorting can use of a value, or None."""
    match type_code:
        case Type.FLOAT:
            value = float_of(bits)
            return None if math.isnan(value) else value
        case Type.INT | Type.BOOL:
            return float(bits)
        case _:
            return None


def to_summary(row: Any) -> MetricSummary:
    """Read a row of ``metrics``."""
    return MetricSummary(
        name=row.name,
        kind=METRIC_KINDS[row.kind],
        count=row.points,
        value=to_wire(to_value(row.kind, row.last_type, row.last_bits, row.last_text)),
        step=step_of(row.last_step),
        time_ms=row.last_ms,
        min=row.low,
        max=row.high,
    )


def _from_json_text(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        return text
