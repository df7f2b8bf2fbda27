"""DatasetConsumptionConfig."""

from homerun.sdk.data_inputs import DatasetConsumptionConfig

__all__ = ["DatasetConsumptionConfig"]
