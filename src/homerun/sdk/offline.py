"""The offline run: the same methods on a machine where no run was submitted, printed as v1 does."""

from functools import wraps
from typing import Any, Callable, Dict, Iterator

from homerun.schema.ids import new_guid
from homerun.sdk.console import say
from homerun.sdk.experiment import Experiment
from homerun.sdk.offline_place import OfflinePlace
from homerun.sdk.run import Run
from homerun.sdk.run_status import details_of

Given = Dict[str, Any]


def _metric(kind: str) -> Callable[[Given], str]:
    return lambda given: f"Attempted to log {kind} metric {given['name']}:\n{given['value']}"


def _image(given: Given) -> str:
    shown = given["plot"] if given["path"] is None else given["path"]
    return f"Attempted to log image metric {given['name']}:\n{shown}"


# What v1's offline run prints for each method that it has.
_PRINTED = {
    "log": _metric("scalar"),
    "log_list": _metric("list"),
    "log_table": _metric("table"),
    "log_row": lambda given: f"Attempted to log row metric {given['name']}:\n{given['columns']}",
    "log_image": _image,
    "log_residuals": _metric("residuals"),
    "log_predictions": _metric("predictions"),
    "log_accuracy_table": _metric("accuracy_table"),
    "log_confusion_matrix": _metric("confusion_matrix"),
    "tag": lambda given: f"Attempted to add tag {given['key']} with value {given['value']}",
    "set_tags": lambda given: f"Attempted to set tags {given['tags']}",
    "remove_tags": lambda given: f"Attempted to remove tags {given['tags']}",
    "add_properties": lambda given: f"Attempted to add properties {given['properties']}",
    "upload_file": lambda given: (
        f"Attempted to track file {given['name']} at {given['path_or_stream']}"
    ),
    "upload_files": lambda given: (
        f"Attempted to track files {given['names']} at {given['paths']} "
        f"with timeout {given['timeout_seconds']}s"
    ),
    "upload_folder": lambda given: f"Attempted to track folder {given['name']} at {given['path']}",
    "flush": lambda given: f"Attempted to flush run with id {given['self'].id}",
}  # type: Dict[str, Callable[[Given], str]]


def _printing(cls: Any) -> Any:
    """Give a class the printing twin of every method of the table; no signature is repeated."""
    for name, words in _PRINTED.items():
        setattr(cls, name, _announced(getattr(Run, name), words))
    return cls


def _announced(method: Any, words: Callable[[Given], str]) -> Any:
    code = method.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = dict(zip(reversed(names), reversed(method.__defaults__ or ())))

    @wraps(method)
    def announced(*args: Any, **kwargs: Any) -> Any:
        given = dict(defaults)
        given.update(zip(names, args))
        given.update(kwargs)
        given["columns"] = {key: value for key, value in kwargs.items() if key not in names}
        if all(name in given for name in names):  # else the call itself says what is missing
            say(words(given))
        return method(*args, **kwargs)

    return announced


@_printing
class _OfflineRun(Run):
    """A run that nobody submitted. Its methods print what they would do, and do it locally."""

    _place: OfflinePlace

    def __init__(self, parent_logger: Any = None, run_id: Any = None) -> None:
        self._place = OfflinePlace(run_id or f"OfflineRun_{new_guid()}")
        self._experiment = Experiment(None, "offline", _skip_name_validation=True)
        self._record = None
        self.input_datasets = {}

    @property
    def type(self) -> str:
        """The kind of run."""
        return "OfflineRun"

    @property
    def number(self) -> int:
        """Always 0: the server does not know it."""
        return 0

    def get_children(self, *args: Any, **kwargs: Any) -> Iterator[Run]:
        """Give none."""
        return iter(())

    def get_details(self) -> Dict[str, Any]:
        """Give what there is to know."""
        return details_of(self._fresh())

    def get_portal_url(self) -> str:
        """Give the folder that keeps the run, as a URL: the Studio has no page of it."""
        return "file://" + self._place.folder

    def wait_for_completion(self, *args: Any, **kwargs: Any) -> Dict[str, Any]:
        """Wait for nothing: the script itself is the run."""
        return self.get_details()

    def cancel(self) -> None:
        """Note that the run is cancelled."""
        self._end("Canceled")

    def complete(self, _set_status: bool = True) -> None:
        """Note that the run is done."""
        self._end("Completed")

    def fail(
        self, error_details: Any = None, error_code: Any = None, _set_status: bool = True
    ) -> None:
        """Note that the run failed, and print it."""
        say(f"Run failed with error code {error_code}:")
        say("" if error_details is None else str(error_details))
        self._end("Failed")

    def __enter__(self) -> Run:
        say(f"[START] Run {self.id} context")
        return self

    def __exit__(self, *exc: Any) -> None:
        say(f"[STOP] Run {self.id} context")
        super().__exit__(*exc)

    def _end(self, status: str) -> None:
        self._place.status = status
        self._record = None
        event = {"type": "status", "status": status}
        self._place.append(self._place.writer.append_event, event)
