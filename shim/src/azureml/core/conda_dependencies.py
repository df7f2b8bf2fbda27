"""CondaDependencies."""

from homerun.sdk.conda_dependencies import CondaDependencies

__all__ = ["CondaDependencies"]
