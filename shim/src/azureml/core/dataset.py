"""Dataset."""

from homerun.sdk.dataset import Dataset

__all__ = ["Dataset"]
