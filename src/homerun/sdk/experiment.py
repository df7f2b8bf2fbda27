"""``Experiment``: a name that runs are collected under."""

from typing import Any, Dict, Iterator, List, Optional

from homerun.schema.ids import is_experiment_name
from homerun.sdk import links
from homerun.sdk.exceptions import AzureMLException, UserErrorException
from homerun.sdk.refusals import refuse, refuses

_PAGE = 500


@refuses
class Experiment:
    """An experiment of a workspace, made on first use."""

    def __init__(
        self,
        workspace: Any,
        name: str,
        _skip_name_validation: bool = False,
        _id: Optional[str] = None,
        _create_in_cloud: bool = True,
        **kwargs: Any,  # v1 takes more and ignores it
    ) -> None:
        if not _skip_name_validation and not (isinstance(name, str) and is_experiment_name(name)):  # type: ignore[redundant-expr]
            raise UserErrorException(
                "Experiment name must be 1 to 255 characters, start with a letter or a digit, and "
                f"hold only letters, digits, '_' and '-'; {name!r} does not."
            )
        self._workspace = workspace
        self._name = name
        self._id = _id
        if _create_in_cloud and _id is None and workspace is not None:
            self._id = self._made()

    @property
    def workspace(self) -> Any:
        """The workspace it belongs to; of an offline run, the one that ``from_config`` finds."""
        if self._workspace is None:
            from homerun.sdk.workspace import Workspace  # an offline run seldom asks

            self._workspace = Workspace.from_config()
        return self._workspace

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self._name

    @property
    def id(self) -> Optional[str]:
        """The experiment's id; None for that of an offline run."""
        if self._id is None and self._workspace is not None:
            self._id = self._made()
        return self._id

    @property
    def tags(self) -> Dict[str, str]:
        """The experiment's tags: none, runs carry them."""
        return {}

    @property
    def workspace_object(self) -> Any:
        """The workspace, under its older name."""
        return self.workspace

    def submit(self, config: Any, tags: Optional[Dict[str, str]] = None, **kwargs: Any) -> Any:
        """Submit a script run configuration and give the run at once.

        ``run_id`` sets the run's id; ``show_output`` is accepted.

        Raises:
            AzureMLException: The configuration is of a kind that nobody can submit.
            UserErrorException: Script, folder or argument cannot work; nothing was sent.
            SnapshotException: The folder is too large or unreadable.
        """
        from homerun.sdk.run import Run  # where runs are made there is no need of submitting
        from homerun.sdk.script_run_config import ScriptRunConfig
        from homerun.sdk.submission import submit

        if not isinstance(config, ScriptRunConfig):
            if type(config).__name__ in (
                "AutoMLConfig",
                "HyperDriveConfig",
                "Pipeline",
                "Estimator",
            ):
                refuse("Experiment.submit of this kind of configuration")
            raise AzureMLException(
                f"Experiment.submit needs a ScriptRunConfig, and {config!r} is of type "
                f"{type(config).__name__}."
            )
        run_id = kwargs.pop("run_id", None)
        kwargs.pop("show_output", None)
        if kwargs:
            raise TypeError(
                "Experiment.submit takes config, tags, run_id and show_output, not {}.".format(
                    ", ".join(sorted(kwargs))
                )
            )
        texts = {str(key): str(value) for key, value in (tags or {}).items()}
        record = submit(self, config, texts, run_id)
        return Run(self, record["run_id"], _record=record)

    def get_runs(
        self,
        type: Optional[str] = None,  # v1's name; homerun has one type
        tags: Any = None,
        properties: Any = None,
        include_children: bool = False,
    ) -> Iterator[Any]:
        """Give the experiment's runs, newest first.

        ``tags`` and ``properties`` are a key, or a dictionary of what must be there.
        """
        from homerun.sdk.run import Run

        for record in self._records():
            if not include_children and record.get("parent_run_id"):
                continue
            if _has(record["tags"], tags) and _has(record["properties"], properties):
                yield Run(self, record["run_id"], _record=record)

    @staticmethod
    def list(
        workspace: Any,
        experiment_name: Optional[str] = None,
        view_type: str = "ActiveOnly",  # nothing is archived yet
        tags: Any = None,  # experiments carry no tags yet
    ) -> "List[Experiment]":
        """Give the workspace's experiments."""
        return [
            Experiment(workspace, record["name"], _skip_name_validation=True, _id=record["id"])
            for record in workspace._connection.experiments.list(workspace._id)
            if experiment_name is None or record["name"] == experiment_name
        ]

    def get_portal_url(self) -> str:
        """Give the link to the experiment's page in the Studio."""
        return links.experiment_url(self.workspace, str(self.id))

    def refresh(self) -> None:
        """Do nothing: nothing is kept here that could grow old."""

    def _made(self) -> str:
        workspace = self._workspace
        return str(workspace._connection.experiments.create(workspace._id, self._name)["id"])

    def _records(self, newest_first: bool = True) -> Iterator[Dict[str, Any]]:
        workspace = self.workspace
        offset = 0
        while True:
            page = workspace._connection.runs.list(
                workspace_id=workspace._id,
                experiment=self._name,
                sort="created",
                descending=newest_first,
                offset=offset,
                limit=_PAGE,
            )
            yield from page["runs"]
            offset += len(page["runs"])
            if not page["runs"] or offset >= page["total"]:
                return

    def __str__(self) -> str:
        return f"Experiment(Name: {self._name},\nWorkspace: {self.workspace.name})"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from html import escape  # only notebooks ask

        cells = [escape(self._name), escape(self.workspace.name)]
        cells.append(f'<a href="{escape(self.get_portal_url())}">Open</a>')
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        head = "<tr><th>Name</th><th>Workspace</th><th>Studio</th></tr>"
        return f"<table>{head}<tr>{row}</tr></table>"


def _has(held: Dict[str, str], wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, dict):
        return all(held.get(str(key)) == str(value) for key, value in wanted.items())
    keys = [wanted] if isinstance(wanted, str) else list(wanted)
    return all(key in held for key in keys)
