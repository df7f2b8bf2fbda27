"""Output datasets: not yet here."""

from homerun.sdk.refusals import refused

OutputFileDatasetConfig = refused("OutputFileDatasetConfig")

__all__ = ["OutputFileDatasetConfig"]
