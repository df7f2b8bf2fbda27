"""Estimators: the older way to write a ScriptRunConfig."""

from homerun.sdk.refusals import refused

Estimator = refused("Estimator")

__all__ = ["Estimator"]
