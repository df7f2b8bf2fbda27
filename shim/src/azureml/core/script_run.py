"""ScriptRun: a run like any other."""

from homerun.sdk.run import Run as ScriptRun

__all__ = ["ScriptRun"]
