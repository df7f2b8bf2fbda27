"""Makes a definition of a file that people have: a conda file or pip requirements."""

from pathlib import Path
from typing import Any

from homerun.schema.errors import InvalidInputError, NotFoundError

_CONDA = {".yml", ".yaml"}
_PIP = {".txt", ".in", ".pip"}


def definition_from_file(path: str | Path) -> dict[str, Any]:
    """Read the file as it is; its ending says what it is, else its content does.

    Raises:
        NotFoundError: There is no such file.
        InvalidInputError: It is no text.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {str(path)!r}.") from error
    except (UnicodeDecodeError, IsADirectoryError) as error:
        raise InvalidInputError(f"{str(path)!r} is no text file.") from error
    ending = file.suffix.lower()
    if ending in _CONDA or (ending not in _PIP and _looks_like_conda(text)):
        return {"kind": "conda", "conda": text}
    return {"kind": "pip", "pip": text}


def _looks_like_conda(text: str) -> bool:
    return any(line.startswith(("dependencies:", "channels:")) for line in text.splitlines())
