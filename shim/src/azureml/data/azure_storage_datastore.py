"""Datastores: homerun has one kind."""

from homerun.sdk.datastore import Datastore as AbstractAzureStorageDatastore
from homerun.sdk.datastore import Datastore as AzureBlobDatastore
from homerun.sdk.datastore import Datastore as AzureFileDatastore

__all__ = ["AbstractAzureStorageDatastore", "AzureBlobDatastore", "AzureFileDatastore"]
