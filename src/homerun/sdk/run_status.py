"""How a run stands: status, details, waiting, cancelling, the link."""

from typing import Any, Dict, Optional

from homerun.schema.states import FINAL
from homerun.sdk import links
from homerun.sdk.exceptions import ActivityFailedException, UserErrorException
from homerun.sdk.place import JobPlace
from homerun.sdk.run_base import RunBase

_LOGS = ("azureml-logs/", "user_logs/", "logs/", "system_logs/")


class RunStatusMethods(RunBase):
    """What is asked about a run's way from submit to end, and what ends it."""

    _experiment = None  # type: Any

    @property
    def status(self) -> str:
        """The status, as far as it was read last."""
        return str(self._known()["status"])

    def get_status(self) -> str:
        """Ask for the status; a final one is not asked for again."""
        if self._record is not None and self._record.get("status") in FINAL:
            return str(self._record["status"])
        return str(self._fresh()["status"])

    def get_detailed_status(self) -> Dict[str, Any]:
        """Give the status and, in plain words, why it waits or how it ended."""
        record = self._fresh()
        return {"status": record["status"], "details": record.get("reason")}

    def get_details(self) -> Dict[str, Any]:
        """Give v1's dictionary of everything about the run."""
        record = self._fresh()
        details = details_of(record)
        base = f"{self._experiment.workspace._connection.url}/api/runs/{self.id}/files/"
        names = [name for name in self._place.file_names() if name.startswith(_LOGS)]
        details["logFiles"] = {name: base + name for name in sorted(names)}
        return details

    def get_details_with_logs(self) -> Dict[str, Any]:
        """Give ``get_details`` with the logs' text in place of their addresses."""
        import io

        details = self.get_details()
        for name in details["logFiles"]:
            content = io.BytesIO()
            self._place.read_file(name, content)
            details["logFiles"][name] = content.getvalue().decode("utf-8", "replace")
        return details

    def get_snapshot_id(self) -> Optional[str]:
        """Give the id of the source folder's snapshot."""
        return self._known().get("snapshot_id")

    def get_portal_url(self) -> str:
        """Give the link to the run's page in the Studio."""
        return links.run_url(self._experiment.workspace, self.id)

    def wait_for_completion(
        self,
        show_output: bool = False,
        wait_post_processing: bool = False,
        raise_on_error: bool = True,
    ) -> Dict[str, Any]:
        """Wait for the end and give the details; with ``show_output``, print the log meanwhile.

        The end is a final status: unlike v1, "Finalizing" is waited for too, so that metrics and
        files are whole.

        Raises:
            ActivityFailedException: It failed, and ``raise_on_error``.
            ExperimentExecutionException: The wait was broken off with Ctrl-C; the run goes on.
        """
        if isinstance(self._place, JobPlace):
            raise UserErrorException(
                f"Run {self.id} cannot wait for its own completion: it would wait for ever."
            )
        from homerun.sdk import streaming  # only for who waits

        details = streaming.stream(self) if show_output else streaming.wait(self)
        if raise_on_error and details["status"] == "Failed":
            import json

            text = json.dumps(details.get("error"), indent=4, ensure_ascii=False)
            raise ActivityFailedException(error_details=text)
        return details

    def cancel(self) -> None:
        """Ask for the run's end, and for that of everything it started."""
        self._record = self._experiment.workspace._connection.runs.cancel(self.id)

    def complete(self, _set_status: bool = True) -> None:
        """Bring what was logged to the server; the status follows from how the script ends."""
        self._place.flush()

    def fail(
        self, error_details: Any = None, error_code: Optional[str] = None, _set_status: bool = True
    ) -> None:
        """Record that the script calls itself failed; the status follows from how it ends."""
        place = self._place
        event = {"type": "error", "code": error_code, "message": str(error_details or "")}
        place.append(place.writer.append_event, event)
        place.flush()


def details_of(record: Dict[str, Any]) -> Dict[str, Any]:
    """Give v1's details of a run, its log files still to come."""
    details = {
        "runId": record["run_id"],
        "target": record.get("target"),
        "status": record["status"],
        "startTimeUtc": links.iso_time(record.get("started_ms")),
        "endTimeUtc": links.iso_time(record.get("ended_ms")),
        "services": {},
        "error": error_of(record),
        "warnings": [],
        "properties": dict(record.get("properties") or {}),
        "inputDatasets": [_input_of(one) for one in record.get("inputs") or []],
        "outputDatasets": [],
        "runDefinition": record.get("definition") or {},
        "logFiles": {},
        "submittedBy": record.get("submitted_by"),
    }
    absent = [key for key in ("startTimeUtc", "endTimeUtc", "error") if details[key] is None]
    for key in absent:
        del details[key]
    return details


def error_of(record: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """Give v1's shape of why a run failed; None for one that did not."""
    error = record.get("error")
    if not error:
        return None
    message = str(error.get("message") or record.get("reason") or "")
    for key, words in (("signal", "signal"), ("exit_code", "exit code")):
        value = error.get(key)
        if value is not None and str(value) not in message:
            message = f"{message} ({words} {value})".strip()
            break
    return {"error": {"code": error.get("code"), "message": message}}


def _input_of(described: Dict[str, Any]) -> Dict[str, Any]:
    return {
        "dataset": {"id": None},
        "consumptionDetails": {
            "type": "RunInput",
            "inputName": described["name"],
            "mechanism": str(described["mode"]).capitalize(),
        },
    }
