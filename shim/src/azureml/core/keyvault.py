"""Key vaults: there are none."""

from homerun.sdk.refusals import refused

Keyvault = refused("Keyvault")

__all__ = ["Keyvault"]
