"""An environment's definition, and the digest that tells whether two are the same.

The definition is a dictionary as it travels and is stored. Its fields, all but ``kind`` optional::

    kind                 "user_managed" | "pip" | "conda"
    interpreter_path     user_managed: the Python to use; "python" or absent = the submitter's own
    conda                conda: the YAML file's text, as it is
    pip                  pip: the requirements file's text, as it is
    python_version       pip: "3.11" or "3.11.4"; absent = the submitter's own version
    environment_variables  name → text
"""

import json
from typing import Any, Dict

from homerun.schema.ids import Digest

KINDS = ("user_managed", "pip", "conda")

# Bumped when a builder would make something else out of the same definition.
BUILDER_VERSION = 1

# The variables that a builder heeds; no other one counts for the image.
BUILD_VARIABLES = ("HOMERUN_GENUINE", "HOMERUN_REPAIRS")

_NOT_BUILT = ("environment_variables", "name", "version", "interpreter_path")


def needs_image(definition: Dict[str, Any]) -> bool:
    """Tell whether something has to be built before a run can start."""
    return bool(definition.get("kind", "user_managed") != "user_managed")


def definition_digest(definition: Dict[str, Any]) -> Digest:
    """Give the key of the image that makes this definition real.

    Names, versions and environment variables do not count, but for those that the builder
    heeds: the same text is the same image.
    """
    kept = {k: v for k, v in definition.items() if k not in _NOT_BUILT and v is not None}
    variables = definition.get("environment_variables") or {}
    kept.update({name: str(variables[name]) for name in BUILD_VARIABLES if name in variables})
    kept["builder"] = BUILDER_VERSION
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return Digest(_sha256(text))


def full_digest(definition: Dict[str, Any]) -> Digest:
    """Give what tells two registered versions apart: everything but name and version."""
    kept = {k: v for k, v in definition.items() if k not in ("name", "version") and v is not None}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return Digest(_sha256(text))


def _sha256(text: str) -> str:
    import hashlib  # loads OpenSSL, which a script that only logs does without

    return hashlib.sha256(text.encode("utf-8")).hexdigest()
