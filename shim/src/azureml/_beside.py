"""Microsoft's packages and this one have files of the same names: both in one place is refused."""

import os
from typing import List

_GENUINE = ("azureml_core-", "azureml-core-")
_INSTALLED = (".dist-info", ".egg-info")


def refuse_the_genuine(folder: str = "") -> None:
    """Look for the genuine azureml-core where this package lies.

    Raises:
        ImportError: It is there; the message says what to do.
    """
    folder = folder or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = [name for name in _names_in(folder) if _is_genuine(name)]
    if found:
        raise ImportError(
            f"homerun-azureml and Microsoft's azureml-core are both installed in {folder} and "
            "overwrite each other's files. Make an environment for one of them: run `pip "
            "uninstall azureml-core "
            "homerun-azureml`, then install homerun-azureml again."
        )


def _is_genuine(name: str) -> bool:
    return name.lower().startswith(_GENUINE) and name.endswith(_INSTALLED)


def _names_in(folder: str) -> List[str]:
    try:
        return os.listdir(folder)
    except OSError:  # inside an archive: nothing can be installed beside it
        return []
