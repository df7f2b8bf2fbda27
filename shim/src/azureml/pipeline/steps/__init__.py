"""Pipelines: not yet here."""

from homerun.sdk.refusals import refused

EstimatorStep = refused("EstimatorStep")
HyperDriveStep = refused("HyperDriveStep")
ParallelRunConfig = refused("ParallelRunConfig")
ParallelRunStep = refused("ParallelRunStep")
PythonScriptStep = refused("PythonScriptStep")

__all__ = [
    "EstimatorStep",
    "HyperDriveStep",
    "ParallelRunConfig",
    "ParallelRunStep",
    "PythonScriptStep",
]
