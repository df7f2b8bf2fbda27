"""Web services: homerun serves no models."""

from homerun.sdk.refusals import refused

AciWebservice = refused("AciWebservice")
AksEndpoint = refused("AksEndpoint")
AksWebservice = refused("AksWebservice")
LocalWebservice = refused("LocalWebservice")
Webservice = refused("Webservice")

__all__ = ["AciWebservice", "AksEndpoint", "AksWebservice", "LocalWebservice", "Webservice"]
