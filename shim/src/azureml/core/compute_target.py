"""The older home of the compute exception."""

from homerun.sdk.compute import AmlCompute, ComputeTarget
from homerun.sdk.exceptions import ComputeTargetException

__all__ = ["AmlCompute", "ComputeTarget", "ComputeTargetException"]
