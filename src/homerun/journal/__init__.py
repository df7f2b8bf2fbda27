"""An append-only file of what a run logged, and the loop that ships it."""

from homerun.journal.points import Point, read_points
from homerun.journal.reader import Reader
from homerun.journal.shipper import Shipper
from homerun.journal.writer import Writer

__all__ = ["Point", "Reader", "Shipper", "Writer", "read_points"]
