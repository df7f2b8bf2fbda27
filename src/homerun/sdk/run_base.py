"""What every half of ``Run`` stands on."""

from typing import Any, Dict, Optional

from homerun.sdk.place import Place


class RunBase:
    """A run's id and the place that keeps it."""

    _place: Place
    _record: Optional[Dict[str, Any]]

    @property
    def id(self) -> str:
        """The run's id."""
        return self._place.run_id

    def _known(self) -> Dict[str, Any]:
        """Give the record that was read last, reading it the first time."""
        if self._record is None:
            self._record = self._place.record()
        return self._record

    def _fresh(self) -> Dict[str, Any]:
        """Read the record anew."""
        self._record = self._place.record()
        return self._record
