"""Telemetry: there is none; what would switch it on does nothing."""


def set_diagnostics_collection(send_diagnostics: bool = True, verbosity: int = 20) -> None:
    """Send nothing, whatever was asked."""


__all__ = ["set_diagnostics_collection"]
