"""AmlCompute and what it reports."""

from homerun.sdk.compute import AmlCompute
from homerun.sdk.compute_parts import (
    AmlComputeProvisioningConfiguration,
    AmlComputeStatus,
    ScaleSettings,
)

__all__ = ["AmlCompute", "AmlComputeProvisioningConfiguration", "AmlComputeStatus", "ScaleSettings"]
