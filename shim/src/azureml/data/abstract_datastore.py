"""The class of every datastore."""

from homerun.sdk.datastore import Datastore as AbstractDatastore

__all__ = ["AbstractDatastore"]
