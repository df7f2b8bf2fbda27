"""Numbers on the wire: NaN and the infinities travel as strings, as plain JSON has none."""

import math
from typing import Any

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


def number_from_wire(value: Any) -> Any:
    """Read one number back; anything that is not one of the three words passes as it is."""
    return _IN.get(value, value) if isinstance(value, str) else value
