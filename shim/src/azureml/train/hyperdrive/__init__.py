"""Sweeps: not yet here."""

from homerun.sdk.refusals import refused

BanditPolicy = refused("BanditPolicy")
BayesianParameterSampling = refused("BayesianParameterSampling")
GridParameterSampling = refused("GridParameterSampling")
HyperDriveConfig = refused("HyperDriveConfig")
HyperDriveRun = refused("HyperDriveRun")
MedianStoppingPolicy = refused("MedianStoppingPolicy")
NoTerminationPolicy = refused("NoTerminationPolicy")
PrimaryMetricGoal = refused("PrimaryMetricGoal")
RandomParameterSampling = refused("RandomParameterSampling")
TruncationSelectionPolicy = refused("TruncationSelectionPolicy")

__all__ = [
    "BanditPolicy",
    "BayesianParameterSampling",
    "GridParameterSampling",
    "HyperDriveConfig",
    "HyperDriveRun",
    "MedianStoppingPolicy",
    "NoTerminationPolicy",
    "PrimaryMetricGoal",
    "RandomParameterSampling",
    "TruncationSelectionPolicy",
]
