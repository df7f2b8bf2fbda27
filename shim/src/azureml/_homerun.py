"""Tells that this azureml package is homerun's; no other has this file."""

IS_HOMERUN = True

__all__ = ["IS_HOMERUN"]
