"""Images of web services: homerun serves no models."""

from homerun.sdk.refusals import refused

ContainerImage = refused("ContainerImage")
Image = refused("Image")

__all__ = ["ContainerImage", "Image"]
