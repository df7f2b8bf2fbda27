"""``python -m homerun.cli``."""

from homerun.cli import main

main()
