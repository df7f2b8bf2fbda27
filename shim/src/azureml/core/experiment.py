"""Experiment."""

from homerun.sdk.experiment import Experiment

__all__ = ["Experiment"]
