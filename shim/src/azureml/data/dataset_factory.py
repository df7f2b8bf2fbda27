"""What makes datasets."""

from homerun.sdk.dataset import FileDatasetFactory
from homerun.sdk.refusals import refused

TabularDatasetFactory = refused("TabularDatasetFactory")

__all__ = ["FileDatasetFactory", "TabularDatasetFactory"]
