"""Log-in objects: accepted so that scripts run, and never asked for anything."""

from typing import Any, Dict


class AbstractAuthentication:
    """Something that would log in to a cloud."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take whatever v1's log-in takes, and keep none of it: there may be secrets in it."""

    def get_authentication_header(self) -> Dict[str, str]:
        """Give no header."""
        return {}


class InteractiveLoginAuthentication(AbstractAuthentication):
    """Would open a browser."""


class ServicePrincipalAuthentication(AbstractAuthentication):
    """Would use an application's password."""


class AzureCliAuthentication(AbstractAuthentication):
    """Would use the Azure command line's log-in."""


class MsiAuthentication(AbstractAuthentication):
    """Would use a managed identity."""


class TokenAuthentication(AbstractAuthentication):
    """Would use a token."""


class ArmTokenAuthentication(AbstractAuthentication):
    """Would use a token."""
