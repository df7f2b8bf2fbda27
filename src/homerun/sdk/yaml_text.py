"""YAML in, YAML out: the one module of the SDK that knows the ``yaml`` package, at first use."""

from typing import Any, List

from homerun.sdk.exceptions import UserErrorException


def is_available() -> bool:
    """Tell whether this Python can read YAML; one that only runs scripts may not."""
    try:
        import yaml
    except ImportError:
        return False
    return True


def parse(text: str, where: str) -> Any:
    """Read YAML text.

    Raises:
        UserErrorException: It is malformed: path, line and what is wrong; or PyYAML is absent.
    """
    try:
        import yaml  # third-party: only scripts that submit read YAML
    except ImportError as error:
        raise UserErrorException(
            f"Reading {where} needs PyYAML, which this Python does not have: pip install pyyaml.",
            inner_exception=error,
        ) from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error)
        raise UserErrorException(
            f"{where}{line} is not valid YAML: {problem}.", inner_exception=error
        ) from error


def scalar(value: Any) -> str:
    """Write one text so that YAML reads it back as that text."""
    import json  # a JSON string is a YAML string

    text = str(value)
    plain = text and text == text.strip() and all(c.isalnum() or c in "._-=<>/+" for c in text)
    if (
        plain
        and text[0].isalpha()
        and text.lower() not in ("true", "false", "yes", "no", "on", "off", "null")
    ):
        return text
    return json.dumps(text)


def sequence(items: List[Any], indent: str) -> List[str]:
    """Write a list of texts as lines."""
    return [f"{indent}- {scalar(item)}" for item in items]
