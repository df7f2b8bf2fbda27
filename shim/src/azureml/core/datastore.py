"""Datastore."""

from homerun.sdk.datastore import Datastore

__all__ = ["Datastore"]
