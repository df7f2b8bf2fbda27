"""Estimators: the older way to write a ScriptRunConfig."""

from homerun.sdk.refusals import refused

SKLearn = refused("SKLearn")

__all__ = ["SKLearn"]
