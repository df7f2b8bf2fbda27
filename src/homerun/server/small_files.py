"""The small files of the data folder: only their owner reads them, and nobody sees half of one."""

import contextlib
import os
import secrets
import uuid
from pathlib import Path

from homerun.schema.errors import ConflictError


def read_or_make_token(home: Path) -> str:
    """Give the user's token from its file, made where there is none; only its owner can read it.

    Raises:
        OSError: The file cannot be read or written.
        ConflictError: It holds no text.
    """
    place = home / "token"
    with contextlib.suppress(FileNotFoundError):
        place.chmod(0o600)
        try:
            token = place.read_text("utf-8").strip()
        except UnicodeDecodeError as error:
            raise ConflictError(
                f"The file {str(place)!r} holds no token.", "Delete it: a new one is made."
            ) from error
        if token:
            return token
    token = secrets.token_urlsafe(32)
    write_whole(place, token)
    return token


def write_whole(place: Path, text: str) -> None:
    """Write a small file of mode 0600: readers see the old text or the new, never a part."""
    scratch = place.with_name(f".{place.name}-{uuid.uuid4().hex}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        scratch.replace(place)
    finally:
        scratch.unlink(missing_ok=True)
