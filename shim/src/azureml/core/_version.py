"""Which Azure ML SDK this stands for, and which homerun it is."""

from homerun import __version__ as _homerun_version

VERSION = "1.61.0+homerun." + _homerun_version
"""v1's last release, whose behaviour is followed; compares as such."""

__all__ = ["VERSION"]
