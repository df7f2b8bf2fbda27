"""TabularDataset: not yet here."""

from homerun.sdk.refusals import refused

TabularDataset = refused("TabularDataset")

__all__ = ["TabularDataset"]
