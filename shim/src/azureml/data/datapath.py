"""DataPath."""

from homerun.sdk.dataset import DataPath

__all__ = ["DataPath"]
