"""FileDataset."""

from homerun.sdk.dataset import FileDataset

__all__ = ["FileDataset"]
