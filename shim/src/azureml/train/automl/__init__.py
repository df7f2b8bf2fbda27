"""AutoML: cloud only."""

from homerun.sdk.refusals import refused

AutoMLConfig = refused("AutoMLConfig")

__all__ = ["AutoMLConfig"]
