"""What v1 prints, printed: the one place of the SDK that writes to the script's stdout."""

import sys


def say(text: str = "", end: str = "\n") -> None:
    """Write text to stdout at once; letters that its encoding lacks are replaced."""
    out = sys.stdout
    if out is None:  # a windowed interpreter has none
        return
    try:
        out.write(text + end)
    except UnicodeEncodeError:
        encoding = out.encoding or "ascii"
        out.write((text + end).encode(encoding, "replace").decode(encoding))
    out.flush()


def warn(message: str) -> None:
    """Write a warning where v1 wrote its own: the logging module."""
    import logging  # heavy; most runs never warn

    logging.getLogger("homerun").warning("%s", message)
