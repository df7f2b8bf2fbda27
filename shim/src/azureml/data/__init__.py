"""Datasets and the places of data."""

from homerun.sdk.dataset import FileDataset
from homerun.sdk.refusals import refused

OutputFileDatasetConfig = refused("OutputFileDatasetConfig")
TabularDataset = refused("TabularDataset")

__all__ = ["FileDataset", "OutputFileDatasetConfig", "TabularDataset"]
