"""A submitted run spec, looked at as a whole: all that is wrong with it is said at once."""

from collections.abc import Callable, Iterable
from typing import Any

from homerun.schema import ids
from homerun.schema.environments import KINDS
from homerun.schema.errors import InvalidInputError
from homerun.schema.runs import RunSpec

Check = Callable[[Any], bool]
_MODES = ("mount", "download", "direct")
_DEFINITION_TEXTS = ("interpreter_path", "conda", "pip", "python_version")
_YEARS_S = 10 * 366 * 24 * 3600


def read_spec(body: dict[str, Any]) -> RunSpec:
    """Read and check the body of a submission; unknown fields are ignored.

    Raises:
        InvalidInputError: It can never be run; every fault is in the message.
    """
    filled = {**RunSpec.DEFAULTS, **{k: v for k, v in body.items() if k in RunSpec.__slots__}}
    faults = [
        f"{name} is {_short(filled.get(name))}, and must be {what}"
        for name, (check, what) in _CHECKS.items()
        if not check(filled.get(name))
    ]
    faults = faults or list(_contradictions(filled))
    if faults:
        raise InvalidInputError(
            f"The run cannot be submitted: {'; '.join(faults)}.", "Nothing was submitted."
        )
    return RunSpec.from_json(filled)


def is_definition(value: Any) -> bool:
    """Tell whether this can be an environment's definition (``schema.environments``)."""
    return (
        isinstance(value, dict)
        and value.get("kind", "user_managed") in KINDS
        and all(_maybe(_is_text)(value.get(name)) for name in _DEFINITION_TEXTS)
        and _maybe(_is_variables)(value.get("environment_variables"))
    )


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode("utf-8", "surrogateescape")  # as the operating system takes it
    except UnicodeEncodeError:
        return False
    return True


def _is_variables(value: Any) -> bool:
    return _is_texts(value) and not any(name == "" or "=" in name for name in value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_text(k) and _is_text(v) for k, v in value.items())


def _is_command(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_word(word) for word in value)


def _is_word(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"input"} and _is_text(value["input"])
    return _is_text(value)


def _is_arguments(value: Any) -> bool:
    return isinstance(value, list) and all(_is_word(word) for word in value)


def _is_input(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_text(value.get("name"))
        and ids.is_input_name(value["name"])
        and value.get("mode") in _MODES
        and _is_text(value.get("datastore"))
        and isinstance(value.get("paths"), list)
        and all(_is_text(path) and ".." not in path.split("/") for path in value["paths"])
    )


def _is_inputs(value: Any) -> bool:
    return isinstance(value, list) and all(_is_input(one) for one in value)


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _YEARS_S


def _is_gpus(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1024


def _named(check: Callable[[str], bool]) -> Check:
    return lambda value: isinstance(value, str) and check(value)


def _maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


_TEXTS = (_is_texts, "an object of text to text")
_TEXT = (_maybe(_is_text), "a text")
_CHECKS: dict[str, tuple[Check, str]] = {
    "run_id": (_named(ids.is_run_id), "1 to 256 letters, digits, '_', '-' and '.'"),
    "workspace_id": (_is_text, "a workspace's id"),
    "experiment": (_named(ids.is_experiment_name), "1 to 255 letters, digits, '_' and '-'"),
    "script": (_maybe(_named(ids.is_artifact_path)), "a path inside the snapshot"),
    "command": (_maybe(_is_command), "a list of words, not empty"),
    "arguments": (_is_arguments, 'a list of texts or {"input": name}'),
    "target": (_named(ids.is_target_name), "the name of a compute target"),
    "snapshot_id": (_maybe(_named(ids.is_digest)), "the id of a snapshot"),
    "environment": (_maybe(is_definition), f"a definition of kind {', '.join(KINDS)}"),
    "environment_name": _TEXT,
    "environment_version": _TEXT,
    "environment_variables": (_is_variables, "an object of names without '=' to text"),
    "interpreter": _TEXT,
    "inputs": (_is_inputs, "a list of inputs, each with name, mode, datastore and paths"),
    "max_run_duration_s": (_maybe(_is_duration), "a number of seconds up to 10 years"),
    "gpus": (_is_gpus, "a whole number from 0 to 1024"),
    "display_name": _TEXT,
    "description": _TEXT,
    "parent_run_id": _TEXT,
    "tags": _TEXTS,
    "properties": _TEXTS,
    "definition": (lambda value: isinstance(value, dict), "an object"),
    "submitted_by": _TEXT,
}


def _contradictions(spec: dict[str, Any]) -> Iterable[str]:
    if spec["script"] is not None and spec["command"] is not None:
        yield "script and command exclude each other"
    if spec["script"] is not None and spec["snapshot_id"] is None:
        yield "a script needs the snapshot that holds it, and snapshot_id is absent"
    names = [one["name"] for one in spec["inputs"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two inputs have the name {name!r}"
    for word in [*spec["arguments"], *(spec["command"] or [])]:
        if isinstance(word, dict) and word["input"] not in names:
            yield f"an argument stands for the input {word['input']!r}, and there is none"


def _short(value: Any) -> str:
    if value is None:
        return "absent"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
