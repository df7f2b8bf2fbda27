"""From a run to its job: everything an agent needs, written into the run's folder."""

import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homerun.environments import find_image
from homerun.schema.api import Run
from homerun.schema.environments import needs_image
from homerun.schema.errors import InvalidInputError
from homerun.schema.ids import run_key
from homerun.schema.runs import JobSpec, RunSpec
from homerun.server.light import ensure_light
from homerun.server.settings import Settings
from homerun.store import Store

# Names that say "the submitter's own Python" and no particular one.
_ANY_PYTHON = {None, "", "python", "python3"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The two secrets of one attempt, made for it."""

    agent: str
    run: str

    @classmethod
    def new(cls) -> "Tokens":
        """Make a pair that nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


class Planner:
    """Makes jobs. Nothing is started here."""

    def __init__(self, store: Store, settings: Settings, url: str) -> None:
        self._store = store
        self._settings = settings
        self._url = url
        self._home = str(settings.home)
        self._light: str | None = None

    def folder(self, job_id: str) -> Path:
        """Give the folder of a job."""
        return self._settings.home / "runs" / run_key(job_id)

    def job(self, run: Run, spec: RunSpec, tokens: Tokens, *, hides_gpus: bool) -> JobSpec:
        """Say what the agent of a leased run is to do.

        Raises:
            HomerunError: Something that the run names is not there.
        """
        definition = spec.environment or {}
        variables = self._variables(definition, spec)
        if hides_gpus and not run.gpus:
            variables.setdefault("CUDA_VISIBLE_DEVICES", "")
        image = self._image(run, definition)
        interpreter = image[1] if image else _interpreter(definition, spec, variables)
        words = spec.command if spec.script is None else [interpreter, spec.script]
        return JobSpec(
            run_id=run.run_id,
            home=self._home,
            url=self._url,
            token=tokens.agent,
            run_token=tokens.run,
            lease_epoch=run.lease_epoch,
            folder=str(self.folder(run.run_id)),
            snapshot_id=spec.snapshot_id,
            command=[*(words or []), *spec.arguments],
            interpreter=interpreter,
            image=image[0] if image else None,
            light=self._light_folder(),
            environment_variables=variables,
            inputs=[self._with_root(item, run.workspace_id) for item in spec.inputs],
            context=self._context(run),
            max_run_duration_s=spec.max_run_duration_s,
            cores=run.cores or 1,
            gpus=run.gpus,
        )

    def build(
        self, digest: str, definition: dict[str, Any], package_settings: Mapping[str, str]
    ) -> JobSpec:
        """Say what a build job is to do; it has no tokens, as it speaks to nobody."""
        job_id = f"build_{digest}"
        return JobSpec(
            kind="build",
            run_id=job_id,
            home=self._home,
            url=self._url,
            token="",
            folder=str(self.folder(job_id)),
            environment=definition,
            environment_variables={
                name: str(value)
                for name, value in package_settings.items()
                if name.startswith("PIP_")
            },
            digest=digest,
        )

    def _image(self, run: Run, definition: dict[str, Any]) -> tuple[str, str] | None:
        if not needs_image(definition):
            return None
        image = find_image(self._home, run.image_digest or "")
        if image is None:
            raise InvalidInputError(
                "The image of this run's environment is gone.", "Submit it again: it is rebuilt."
            )
        return image.prefix, image.python

    def _variables(self, definition: dict[str, Any], spec: RunSpec) -> dict[str, str]:
        own: dict[str, str] = definition.get("environment_variables") or {}
        merged = {**self._settings.job_environment, **own, **spec.environment_variables}
        return {str(name): str(value) for name, value in merged.items()}

    def _with_root(self, item: dict[str, Any], workspace_id: str) -> dict[str, Any]:
        return {**item, "root": str(self._store.datastores.folder(workspace_id, item["datastore"]))}

    def _context(self, run: Run) -> dict[str, Any]:
        workspace = self._store.workspaces.get(run.workspace_id)
        return {
            "run_id": run.run_id,
            "experiment": run.experiment,
            "experiment_id": run.experiment_id,
            "workspace_id": workspace.id,
            "workspace_name": workspace.name,
            "subscription_id": workspace.subscription_id,
            "resource_group": workspace.resource_group,
            "location": workspace.location,
        }

    def _light_folder(self) -> str:
        if self._light is None or not Path(self._light).is_dir():
            self._light = str(ensure_light(self._settings.home))
        return self._light


def write_job(job: JobSpec) -> None:
    """Put ``job.json`` into the job's folder, for this user's eyes only.

    What an earlier attempt said of itself is taken away: this one has not begun.
    """
    folder = Path(job.folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("state.json", "result.json"):
        (folder / name).unlink(missing_ok=True)
    fresh = folder / "job.json.new"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(job.to_json(), file)
    fresh.replace(folder / "job.json")


def read_job(path: Path) -> JobSpec:
    """Read back what an agent was to do.

    Raises:
        OSError: There is none: it was never written, or all is delivered.
        ValueError: It cannot be read.
    """
    try:
        return JobSpec.from_json(json.loads(path.read_text()))
    except TypeError as error:
        raise ValueError(str(error)) from error


def agent_environment(settings: Settings) -> dict[str, str]:
    """Give an agent's environment: enough to start this server again as it is, and to build."""
    own = {
        "HOMERUN_HOME": str(settings.home),
        "HOMERUN_CORES": str(settings.cores),
        "HOMERUN_PORT": "" if settings.port is None else str(settings.port),
        "HOMERUN_PASS_ENV": ",".join(settings.pass_env),
        "HOMERUN_PYTHONS": os.pathsep.join(settings.pythons),
    }
    return {**settings.job_environment, **{name: value for name, value in own.items() if value}}


def _interpreter(definition: dict[str, Any], spec: RunSpec, variables: Mapping[str, str]) -> str:
    named = definition.get("interpreter_path")
    if named in _ANY_PYTHON:
        return spec.interpreter or sys.executable
    path = str(named)
    return path if os.sep in path else shutil.which(path, path=variables.get("PATH")) or path
