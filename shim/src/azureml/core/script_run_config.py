"""ScriptRunConfig."""

from homerun.sdk.script_run_config import ScriptRunConfig

__all__ = ["ScriptRunConfig"]
