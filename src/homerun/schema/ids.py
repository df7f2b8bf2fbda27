"""Names and ids: how they are made, and what a valid one looks like."""

import os
import re
from typing import Any, NewType

RunId = NewType("RunId", str)
RunKey = NewType("RunKey", str)
Digest = NewType("Digest", str)

_EXPERIMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}\Z")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,255}\Z")
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}\Z")
_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}\Z")
_DATASTORE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,254}\Z")
_INPUT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")

_ADJECTIVES = (
    "amber brave brisk calm clear clever crisp dapper eager early fair fleet fond gentle glad "
    "good grand green happy hardy honest keen kind lively lucky mellow merry mild modest neat "
    "noble patient plucky proud quick quiet ready rosy sharp shiny silent smart snug solid sturdy "
    "sunny swift tidy tough vivid warm wide wise witty young zesty"
).split()
_NOUNS = (
    "badger beaver bison crane curlew dolphin dove eagle egret falcon ferret finch fox gecko "
    "goose gull hare hawk heron ibis jay kestrel kite lark lemur linnet lynx magpie marten mole "
    "moose newt orca osprey otter owl oyster parrot pelican petrel plover puffin quail rabbit "
    "raven robin salmon seal shrew sparrow stoat stork swan swift tern thrush toad trout vole wren"
).split()


def new_guid() -> str:
    """Make a random UUID (version 4) in its usual dashed form.

    By hand: importing ``uuid`` costs training scripts 20 ms on CPython 3.6, which loads ctypes.
    """
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def new_run_id(experiment: str, now_s: float) -> RunId:
    """Make a script run's id as v1 does: ``<experiment>_<unix seconds>_<8 hex digits>``."""
    return RunId(f"{experiment}_{int(now_s)}_{os.urandom(4).hex()}")


def display_name(run_id: str) -> str:
    """Give a run its ``adjective_noun_xxxx`` name; the same id gives the same name."""
    digest = _sha256(run_id).digest()
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    tail = "".join(letters[b % len(letters)] for b in digest[4:8])
    adjective = _ADJECTIVES[(digest[0] << 8 | digest[1]) % len(_ADJECTIVES)]
    noun = _NOUNS[(digest[2] << 8 | digest[3]) % len(_NOUNS)]
    return f"{adjective}_{noun}_{tail}"


def run_key(run_id: str) -> RunKey:
    """Give the short name of a run's folder: ids never become path lengths."""
    return RunKey(_sha256(run_id).hexdigest()[:16])


def is_experiment_name(name: str) -> bool:
    """Tell whether v1 takes this name: 1 to 255 of letters, digits, ``_``, ``-``."""
    return bool(_EXPERIMENT.match(name))


def is_run_id(value: str) -> bool:
    """Tell whether this may be a run's id: 1 to 256 safe characters, no separators."""
    return bool(_RUN_ID.match(value))


def is_workspace_name(name: str) -> bool:
    """Tell whether a workspace may have this name."""
    return bool(_WORKSPACE.match(name))


def is_target_name(name: str) -> bool:
    """Tell whether a compute target may have this name."""
    return bool(_TARGET.match(name))


def is_datastore_name(name: str) -> bool:
    """Tell whether a datastore may have this name."""
    return bool(_DATASTORE.match(name))


def is_input_name(name: str) -> bool:
    """Tell whether a dataset input may have this name (v1: an identifier)."""
    return bool(_INPUT.match(name))


def is_digest(value: str) -> bool:
    """Tell whether this is the SHA-256 of something, in lower-case hex."""
    return bool(_DIGEST.match(value))


def is_artifact_path(path: str) -> bool:
    """Tell whether this may name an artifact: relative, ``/`` between parts, no ``..``, no NUL.

    Every such path can be a file's below a folder whose own path is not very long: UTF-8, at most
    255 bytes a part and 2,048 in all.
    """
    try:
        length = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        return False
    if not 0 < length <= 2048 or "\\" in path or "\0" in path:
        return False
    parts = path.split("/")
    return all(part not in ("", ".", "..") and len(part.encode("utf-8")) < 256 for part in parts)


def _sha256(text: str) -> Any:
    import hashlib  # loads OpenSSL, which a script that only logs does without

    return hashlib.sha256(text.encode("utf-8"))
