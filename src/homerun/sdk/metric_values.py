"""What may be logged and what comes back: v1's rules for metric values, both ways."""

from typing import Any, Dict, List, Optional, Union

from homerun.schema.wire import number_from_wire
from homerun.sdk.exceptions import AzureMLException, UserErrorException

Scalar = Union[float, int, str, bool, None]

_PLAIN = (float, int, str, bool, type(None))
_ARTIFACT_KINDS = ("image", "confusion_matrix", "accuracy_table", "residuals", "predictions")


def check_name(name: Any) -> str:
    """Give the metric's name.

    Raises:
        UserErrorException: It is not text, or empty.
    """
    if isinstance(name, str) and name:
        return str(name)
    raise UserErrorException(
        "A metric's name must be text of at least one letter, and {!r} is {}; nothing was "
        "recorded. "
        'Write run.log("loss", value).'.format(
            name, "empty" if name == "" else f"of type {type(name).__name__}"
        )
    )


def check_step(step: Any) -> Optional[int]:
    """Give the step as an int.

    Raises:
        UserErrorException: It is not a whole number of 64 bits.
    """
    if step is None:
        return None
    try:
        whole = int(step)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or isinstance(step, str) or whole != step or not -(2**63) < whole < 2**63:
        raise UserErrorException(
            f"A metric's step must be a whole number, and {step!r} is none; nothing was recorded."
        )
    return whole


def scalar_of(value: Any) -> Scalar:
    """Give what is recorded for one logged value: numbers stay numbers, other objects their repr.

    NumPy's scalars of every width and 0-dimensional tensors count as numbers (v1 wrote ``np.int64``
    as text).

    Raises:
        UserErrorException: It is a list, a range or a generator, as in v1.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[no-any-return]
    if isinstance(value, (list, range)) or hasattr(value, "__next__"):
        raise UserErrorException("run.log does not support list type. Use run.log_list instead.")
    number = _number_of(value)
    if number is not None:
        return number
    if isinstance(value, str):
        return str(value)
    text = repr(value)
    _warn(f"A {kind.__name__} is no number or text; its repr {text:.60} was recorded.")
    return text


def list_of(name: str, value: Any) -> List[Scalar]:
    """Give the scalars of ``log_list``'s value.

    Raises:
        AzureMLException: An item is itself a list, a dictionary or an array.
        UserErrorException: There is nothing to go through.
    """
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise UserErrorException(
            f"run.log_list({name!r}, …) needs a list of values and got a {type(value).__name__}. "
            "For one value use run.log."
        )
    if not hasattr(value, "__next__"):
        value = list(value)
    return [_cell_of(name, item) for item in value]


def row_of(name: str, columns: Dict[str, Any]) -> Dict[str, Scalar]:
    """Give the columns of one row.

    Raises:
        AzureMLException: A value is a list.
    """
    for value in columns.values():
        if isinstance(value, (list, tuple, dict)):
            raise AzureMLException(
                f"Rows cannot contain list values: log {name!r} with run.log_table instead."
            )
    return {column: _cell_of(name, value) for column, value in columns.items()}


def table_of(name: str, value: Any) -> Dict[str, Any]:
    """Give the columns of a table: lists of one length, or scalars.

    Raises:
        AzureMLException: The columns differ in length.
        UserErrorException: It is not a dictionary of columns.
    """
    if not isinstance(value, dict):
        raise UserErrorException(
            f"run.log_table({name!r}, …) needs a dictionary of columns and got a "
            f"{type(value).__name__}."
        )
    columns = {}  # type: Dict[str, Any]
    for column, cells in value.items():
        is_single = isinstance(cells, (str, bytes)) or not hasattr(cells, "__iter__")
        columns[str(column)] = _cell_of(name, cells) if is_single else list_of(name, cells)
    lengths = {len(cells) if isinstance(cells, list) else -1 for cells in columns.values()}
    if len(lengths) > 1:
        raise AzureMLException(
            "Columns must have the same length: those of {!r} have {}.".format(
                name,
                ", ".join(
                    "{}: {}".format(
                        column, len(cells) if isinstance(cells, list) else "a single value"
                    )
                    for column, cells in sorted(columns.items())
                ),
            )
        )
    return columns


def shaped(kind: str, values: List[Any], run_id: str) -> Any:
    """Give the values of one metric in the shape v1's ``get_metrics`` gives them.

    One scalar comes bare, several as a list; so do list items; one row is a dictionary of scalars,
    several a dictionary of lists. ``None`` counts as a value here; ``metrics_of`` drops it.

    A name may hold values of several kinds, of which ``kind`` is one: then all come, in order, a
    list's items among them and a row as a dictionary.
    """
    if kind in ("row", "table") and all(isinstance(value, dict) for value in values):
        return _columns(values)
    if kind in _ARTIFACT_KINDS and all(isinstance(value, str) for value in values):
        return _bare([f"aml://artifactId/ExperimentRun/dcid.{run_id}/{v}" for v in values])
    items = []  # type: List[Any]
    for value in values:
        if isinstance(value, dict):
            items.append(_columns([value]))
        else:
            items += [number_from_wire(v) for v in (value if isinstance(value, list) else [value])]
    return _bare(items)


def metrics_of(answer: Dict[str, Dict[str, Any]], run_id: str) -> Dict[str, Any]:
    """Shape a whole answer: name → ``{"kind", "values"}`` becomes name → value, None left out."""
    found = {}  # type: Dict[str, Any]
    for name, metric in answer.items():
        values = [value for value in metric["values"] if value is not None]
        if values:
            found[name] = shaped(str(metric["kind"]), values, run_id)
    return found


def _number_of(value: Any) -> Scalar:
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        item = value.item()  # NumPy scalars, 0-dimensional arrays and tensors
        return scalar_of(item) if type(item) in _PLAIN else None
    if isinstance(value, (int, float)):  # of a subclass, such as an enumeration
        return int(value) if isinstance(value, int) else float(value)
    from numbers import Number  # Decimal, Fraction: seldom, so paid for here only

    if isinstance(value, Number):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return None  # complex, too large
    return None


def _cell_of(name: str, value: Any) -> Scalar:
    if isinstance(value, (list, tuple, dict, set)) or getattr(value, "shape", ()) != ():
        raise AzureMLException(
            f"The values of {name!r} must be numbers or texts, and one is of type "
            f"{type(value).__name__}; nothing was recorded."
        )
    return scalar_of(value)


def _bare(values: List[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _columns(rows: List[Dict[str, Any]]) -> Dict[str, Any]:
    if len(rows) == 1:
        return {
            column: [number_from_wire(v) for v in cell]
            if isinstance(cell, list)
            else number_from_wire(cell)
            for column, cell in rows[0].items()
        }
    columns = {}  # type: Dict[str, List[Any]]
    for row in rows:
        for column, cell in row.items():
            cells = cell if isinstance(cell, list) else [cell]
            columns.setdefault(column, []).extend(number_from_wire(v) for v in cells)
    return columns


def _warn(message: str) -> None:
    import logging  # heavy; a script that logs numbers never needs it

    logging.getLogger("homerun").warning(message)
