"""Run, and the offline run whose class scripts ask for."""

from typing import Any

from homerun.sdk.offline import _OfflineRun
from homerun.sdk.run import Run


def get_run(experiment: Any, run_id: str, rehydrate: bool = True, clean_up: bool = True) -> Run:
    """Give the run of this id."""
    return Run(experiment, run_id)


__all__ = ["Run", "_OfflineRun", "get_run"]
