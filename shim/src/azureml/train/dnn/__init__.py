"""Estimators: the older way to write a ScriptRunConfig."""

from homerun.sdk.refusals import refused

Chainer = refused("Chainer")
PyTorch = refused("PyTorch")
TensorFlow = refused("TensorFlow")

__all__ = ["Chainer", "PyTorch", "TensorFlow"]
