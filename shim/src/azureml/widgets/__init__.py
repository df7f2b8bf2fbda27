"""Notebook widgets: not yet here."""

from homerun.sdk.refusals import refused

RunDetails = refused("RunDetails")

__all__ = ["RunDetails"]
