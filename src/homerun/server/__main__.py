"""``python -m homerun.server --home HOME [--port N]``."""

import argparse
import gc
import sys

from homerun.schema.errors import HomerunError
from homerun.server.settings import from_environment

_FAILED = 1


def main() -> int:
    """Read the command line and serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m homerun.server", description=__doc__)
    parser.add_argument("--home", help="the data folder; HOMERUN_HOME unless given")
    parser.add_argument("--port", type=int, help="the port; HOMERUN_PORT unless given")
    asked = parser.parse_args()
    try:
        settings = from_environment(asked.home, asked.port)
    except HomerunError as error:
        sys.stderr.write(f"homerun: {error}\n")
        return _FAILED
    # Nothing that is made on the way up is garbage, and looking for some is a tenth of the way;
    # ``serve`` turns the collector on again.
    gc.disable()
    from homerun.server.process import serve  # noqa: PLC0415

    return serve(settings)


if __name__ == "__main__":
    sys.exit(main())
