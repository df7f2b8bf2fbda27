"""The ``homerun`` command."""

from homerun.cli.app import app, main

__all__ = ["app", "main"]
