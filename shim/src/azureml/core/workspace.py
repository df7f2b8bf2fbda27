"""Workspace."""

from homerun.sdk.workspace import Workspace

__all__ = ["Workspace"]
