"""How datasets become inputs of a run: consumption objects, and arguments that name them."""

import os
from typing import Any, Dict, List, Optional, Tuple

from homerun.schema.ids import is_input_name
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.refusals import refuse, refuses

MODES = ("mount", "download", "direct")


class DatasetConsumptionConfig:
    """A dataset under a name and in a way it is handed to the run."""

    def __init__(
        self, name: str, dataset: Any, mode: str = "direct", path_on_compute: Optional[str] = None
    ) -> None:
        if not isinstance(name, str) or not is_input_name(name):  # type: ignore[redundant-expr]
            raise UserErrorException(
                f"{name!r} cannot name an input: letters, digits and '_', first no digit."
            )
        if mode not in MODES:
            raise UserErrorException(
                "The mode {!r} of input {!r} is none of {}.".format(mode, name, ", ".join(MODES))
            )
        if path_on_compute is not None:
            refuse(
                "path_on_compute", "the path that the input's argument or run.input_datasets gives"
            )
        self.name = name
        self.dataset = dataset
        self.mode = mode
        self.path_on_compute = path_on_compute

    def as_mount(self, path_on_compute: Optional[str] = None) -> "DatasetConsumptionConfig":
        """Let the run see the files where they are."""
        return DatasetConsumptionConfig(self.name, self.dataset, "mount", path_on_compute)

    def as_download(self, path_on_compute: Optional[str] = None) -> "DatasetConsumptionConfig":
        """Copy the files to the run before it starts."""
        return DatasetConsumptionConfig(self.name, self.dataset, "download", path_on_compute)

    def __repr__(self) -> str:
        return f"DatasetConsumptionConfig({self.name!r}, mode={self.mode!r})"


@refuses
class DataReference:
    """A place in a datastore; its text is the variable that holds the path in a run."""

    def __init__(
        self,
        datastore: Any,
        data_reference_name: Optional[str] = None,
        path_on_datastore: Optional[str] = None,
        mode: str = "mount",
        path_on_compute: Optional[str] = None,
        overwrite: bool = False,
    ) -> None:
        self.datastore = datastore
        self.data_reference_name = data_reference_name or os.urandom(16).hex()
        self.path_on_datastore = path_on_datastore
        self.mode = mode
        self.path_on_compute = path_on_compute
        self.overwrite = overwrite

    def path(
        self, path: Optional[str] = None, data_reference_name: Optional[str] = None
    ) -> "DataReference":
        """Give a place below this one."""
        parts = [part for part in (self.path_on_datastore, path) if part]
        return DataReference(
            self.datastore,
            data_reference_name or self.data_reference_name,
            "/".join(parts) or None,
            self.mode,
        )

    def as_mount(self) -> "DataReference":
        """Let the run see the files where they are."""
        return self._in_mode("mount")

    def as_download(
        self, path_on_compute: Optional[str] = None, overwrite: bool = False
    ) -> "DataReference":
        """Copy the files to the run before it starts."""
        return self._in_mode("download")

    def to_config(self) -> "DataReference":
        """Give itself: what v1's ``run_config.data_references`` holds."""
        return self

    def __str__(self) -> str:
        return f"$AZUREML_DATAREFERENCE_{self.data_reference_name}"

    def _in_mode(self, mode: str) -> "DataReference":
        return DataReference(self.datastore, self.data_reference_name, self.path_on_datastore, mode)


class Inputs:
    """The inputs of one run, collected from its arguments and its configuration."""

    def __init__(self) -> None:
        self._found = {}  # type: Dict[str, Dict[str, Any]]

    def argument(self, value: Any) -> Any:
        """Give an argument as it travels: text, or ``{"input": name}`` for what is consumed.

        Raises:
            UserErrorException: It is a dataset that does not say how it is consumed, or no value
                that can stand on a command line.
        """
        if isinstance(value, (DatasetConsumptionConfig, DataReference)):
            return {"input": self.add(value)}
        if hasattr(value, "as_named_input"):
            raise UserErrorException(
                f"The argument {value!r} is a dataset: say how the run gets it, with "
                "dataset.as_named_input('name').as_mount() or .as_download()."
            )
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, (list, tuple, dict, set)):
            raise UserErrorException(
                f"The argument {value!r} is of type {type(value).__name__}; a command line takes "
                "texts and numbers. Give each value an item of its own."
            )
        return str(value)

    def add(self, consumed: Any, name: Optional[str] = None) -> str:
        """Take an input in and give its name; the same one twice is one.

        Raises:
            UserErrorException: Another input has that name already.
        """
        name, mode, datastore, paths = _described(consumed, name)
        described = {"name": name, "mode": mode, "datastore": datastore, "paths": paths}
        if self._found.setdefault(name, described) != described:
            raise UserErrorException(f"Two different inputs of the run are called {name!r}.")
        return name

    def shown(self, value: Any) -> Any:
        """Give an argument as v1's run definition shows it."""
        if isinstance(value, DatasetConsumptionConfig):
            return f"DatasetConsumptionConfig:{value.name}"
        return str(value)

    def shown_data(self) -> Dict[str, Any]:
        """Give the inputs as v1's run definition shows them."""
        return {
            name: {
                "mechanism": found["mode"].capitalize(),
                "environmentVariableName": name,
                "dataLocation": {
                    "dataPath": {"datastoreName": found["datastore"], "paths": found["paths"]}
                },
            }
            for name, found in self._found.items()
        }

    def to_json(self) -> List[Dict[str, Any]]:
        """Give the inputs as the run spec holds them."""
        return list(self._found.values())


def _described(consumed: Any, name: Optional[str]) -> Tuple[str, str, str, List[str]]:
    if isinstance(consumed, DataReference):
        return (
            f"AZUREML_DATAREFERENCE_{consumed.data_reference_name}",
            "download" if consumed.mode == "download" else "mount",
            consumed.datastore.name,
            [consumed.path_on_datastore or ""],
        )
    if isinstance(consumed, DatasetConsumptionConfig):
        dataset = consumed.dataset
        return consumed.name, consumed.mode, dataset._datastore_name, list(dataset._paths)
    raise UserErrorException(
        f"The input {name!r} must be a dataset's as_named_input(…), and is of type "
        f"{type(consumed).__name__}."
    )
