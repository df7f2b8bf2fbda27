"""JSON on the wire: NaN and the infinities travel as strings, and nothing is nested for ever."""

import json
import math
from typing import Any, List

MAX_DEPTH = 100

_OUT = {math.inf: "Infinity", -math.inf: "-Infinity"}
_IN = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_wire(value: Any) -> Any:
    """Replace every float that JSON cannot hold, inside lists and dictionaries too."""
    if isinstance(value, float):
        return value if math.isfinite(value) else _OUT.get(value, "NaN")
    if isinstance(value, dict):
        return {key: to_wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_wire(item) for item in value]
    return value


def read_json(text: str) -> Any:
    """Read JSON that came from outside.

    Raises:
        ValueError: It is none, or nested deeper than ``MAX_DEPTH``: whoever walks it later would
            come to the end of the interpreter's stack.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        value = None
        is_deep = True
    else:
        is_deep = text.count("[") + text.count("{") > MAX_DEPTH and _is_deep(value)
    if is_deep:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    return value


def _is_deep(value: Any) -> bool:
    level = [value]  # type: List[Any]
    for _ in range(MAX_DEPTH + 1):
        inner = []  # type: List[Any]
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = inner
    return bool(level)


def number_from_wire(value: Any) -> Any:
    """Read one number back; anything that is not one of the three words passes as it is."""
    return _IN.get(value, value) if isinstance(value, str) else value
