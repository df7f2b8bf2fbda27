"""DataReference."""

from homerun.sdk.data_inputs import DataReference

__all__ = ["DataReference"]
