"""What a run logs and reads back: the metrics' half of ``Run``."""

import os
import time
from typing import Any, BinaryIO, Dict, Optional

from homerun.schema.records import Kind
from homerun.sdk.exceptions import AzureMLException, UserErrorException
from homerun.sdk.metric_values import (
    check_name,
    check_step,
    list_of,
    metrics_of,
    row_of,
    scalar_of,
    table_of,
)
from homerun.sdk.run_base import RunBase


class RunMetrics(RunBase):
    """The log_* methods and ``get_metrics``.

    In a run they never wait for anything and raise for wrong input only.
    """

    def log(self, name: str, value: Any, description: str = "", step: Optional[int] = None) -> None:
        """Record one value of a metric.

        Raises:
            UserErrorException: The value is a list, the name no text, the step no whole number.
        """
        place = self._place
        place.append(
            place.writer.append_scalar, check_name(name), scalar_of(value), check_step(step)
        )

    def log_list(self, name: str, value: Any, description: str = "") -> None:
        """Record a list of values.

        Raises:
            AzureMLException: An item is a list itself.
        """
        self._append_value(Kind.LIST, check_name(name), list_of(name, value))

    def log_row(self, name: str, description: Optional[str] = None, **kwargs: Any) -> None:
        """Record one row of a table, a column per keyword.

        Raises:
            AzureMLException: A column holds a list.
        """
        self._append_value(Kind.ROW, check_name(name), row_of(name, kwargs))

    def log_table(self, name: str, value: Dict[str, Any], description: str = "") -> None:
        """Record a table: a dictionary of columns.

        Raises:
            AzureMLException: The columns differ in length.
        """
        self._append_value(Kind.TABLE, check_name(name), table_of(name, value))

    def log_image(
        self, name: str, path: Optional[str] = None, plot: Any = None, description: str = ""
    ) -> None:
        """Keep an image: a file, or anything that has ``savefig``.

        Raises:
            AzureMLException: Not exactly one of the two was given.
            UserErrorException: The file is not there.
        """
        name = check_name(name)
        if (path is None) == (plot is None):
            raise AzureMLException(f"run.log_image({name!r}) needs either a path or a plot.")
        if path is None:
            self._append_value(Kind.IMAGE, name, self._keep_plot(name, plot))
            return
        if not os.path.isfile(path):
            raise UserErrorException(f"The image {path!r} of metric {name!r} is no file.")
        with open(path, "rb") as content:
            self._keep(path.replace(os.sep, "/").lstrip("/"), content)
        self._append_value(Kind.IMAGE, name, path.replace(os.sep, "/").lstrip("/"))

    def log_confusion_matrix(self, name: str, value: Any, description: str = "") -> None:
        """Keep a confusion matrix: ``{"schema_type", "schema_version", "data"}`` or its JSON."""
        self._keep_json(Kind.CONFUSION_MATRIX, name, value)

    def log_accuracy_table(self, name: str, value: Any, description: str = "") -> None:
        """Keep an accuracy table: ``{"schema_type", "schema_version", "data"}`` or its JSON."""
        self._keep_json(Kind.ACCURACY_TABLE, name, value)

    def log_residuals(self, name: str, value: Any, description: str = "") -> None:
        """Keep residuals: ``{"schema_type", "schema_version", "data"}`` or its JSON."""
        self._keep_json(Kind.RESIDUALS, name, value)

    def log_predictions(self, name: str, value: Any, description: str = "") -> None:
        """Keep predictions: ``{"schema_type", "schema_version", "data"}`` or its JSON."""
        self._keep_json(Kind.PREDICTIONS, name, value)

    def get_metrics(
        self,
        name: Optional[str] = None,
        recursive: bool = False,
        run_type: Optional[str] = None,
        populate: bool = False,
    ) -> Dict[str, Any]:
        """Give what was logged, by name: one value bare, several as a list, tables by column.

        What was logged just before is there. ``None`` is left out. With ``recursive`` it is
        ``{run id: metrics}``.
        """
        found = metrics_of(self._place.metrics(name), self.id)
        return {self.id: found} if recursive else found

    def flush(self, timeout_seconds: float = 300) -> None:
        """Bring what was logged to the server, if it answers; the journal has it anyway."""
        self._place.flush(min(float(timeout_seconds), 300.0))

    def _append_value(self, kind: int, name: str, value: Any) -> None:
        place = self._place
        place.append(place.writer.append_value, kind, name, value)

    def _keep_plot(self, name: str, plot: Any) -> str:
        import io

        drawn = io.BytesIO()
        plot.savefig(drawn, format="png")
        drawn.seek(0)
        path = "{}_{}.png".format(name.replace("/", "_"), int(time.time()))
        self._keep(path, drawn)
        return path

    def _keep_json(self, kind: int, name: str, value: Any) -> None:
        import io
        import json

        name = check_name(name)
        try:
            data = json.loads(value) if isinstance(value, str) else value
            text = json.dumps(data)
        except (TypeError, ValueError) as error:
            raise AzureMLException(
                f"The value of {name!r} is no JSON: {error}.", inner_exception=error
            ) from error
        if not isinstance(data, dict) or not {"schema_type", "schema_version", "data"} <= set(data):
            raise AzureMLException(
                f"The value of {name!r} needs the keys schema_type, schema_version and data."
            )
        self._keep(name, io.BytesIO(text.encode("utf-8")))
        self._append_value(kind, name, name)

    def _keep(self, path: str, content: BinaryIO) -> None:
        self._place.put_file(path, content)
