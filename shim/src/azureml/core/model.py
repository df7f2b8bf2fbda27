"""Models: not yet here."""

from homerun.sdk.refusals import refused

InferenceConfig = refused("InferenceConfig")
Model = refused("Model")

__all__ = ["InferenceConfig", "Model"]
