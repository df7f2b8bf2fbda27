"""A run on its way: what is submitted, what the agent gets, what the script finds."""

import json
from typing import Any, Dict, List, Mapping, Optional

from homerun.schema.word import Word


class RunSpec(Word):
    """What the user submits, resolved and frozen. Travels as the body of ``POST /api/runs``.

    Attributes:
        run_id: Made by the client (v1 does so), unique on the server.
        workspace_id: The workspace's id.
        experiment: The experiment's name; made on first use.
        script: Path of the script inside the snapshot, or None where ``command`` is given.
        command: List of words to run instead of a script, or None.
        arguments: Texts, or ``{"input": name}`` where an input's path is to stand.
        target: Name of the compute target; ``"local"`` is always there.
        snapshot_id: Digest of the snapshot's manifest, or None.
        environment: Definition (``schema.environments``), or None for the submitter's Python.
        environment_name: Name and version it was registered under, or None.
        environment_variables: Set for the script, on top of the environment's.
        interpreter: Absolute path of the submitter's Python.
        inputs: List of ``{"name", "mode": "mount"|"download"|"direct", "datastore", "paths"}``.
        max_run_duration_s: Seconds after which the run is ended, or None.
        gpus: Whole GPUs it needs.
        package_settings: Variables by which the submitter's pip finds packages (``PIP_…``); they
            count where this run's environment has to be built.
        tags, properties: Text to text.
        definition: The RunConfiguration's JSON, for ``get_details()["runDefinition"]``.
    """

    __slots__ = (
        "run_id",
        "workspace_id",
        "experiment",
        "script",
        "command",
        "arguments",
        "target",
        "snapshot_id",
        "environment",
        "environment_name",
        "environment_version",
        "environment_variables",
        "interpreter",
        "inputs",
        "max_run_duration_s",
        "gpus",
        "package_settings",
        "display_name",
        "description",
        "parent_run_id",
        "tags",
        "properties",
        "definition",
        "submitted_by",
    )
    run_id: str
    workspace_id: str
    experiment: str
    script: Optional[str]
    command: Optional[List[Any]]
    arguments: List[Any]
    target: str
    snapshot_id: Optional[str]
    environment: Optional[Dict[str, Any]]
    environment_name: Optional[str]
    environment_version: Optional[str]
    environment_variables: Dict[str, str]
    interpreter: Optional[str]
    inputs: List[Dict[str, Any]]
    max_run_duration_s: Optional[float]
    gpus: int
    package_settings: Dict[str, str]
    display_name: Optional[str]
    description: Optional[str]
    parent_run_id: Optional[str]
    tags: Dict[str, str]
    properties: Dict[str, str]
    definition: Dict[str, Any]
    submitted_by: Optional[str]
    DEFAULTS = {
        "script": None,
        "command": None,
        "arguments": [],
        "target": "local",
        "snapshot_id": None,
        "environment": None,
        "environment_name": None,
        "environment_version": None,
        "environment_variables": {},
        "interpreter": None,
        "inputs": [],
        "max_run_duration_s": None,
        "gpus": 0,
        "package_settings": {},
        "display_name": None,
        "description": None,
        "parent_run_id": None,
        "tags": {},
        "properties": {},
        "definition": {},
        "submitted_by": None,
    }


class JobSpec(Word):
    """What an agent is to do. Lies in the run's folder as ``job.json``, mode 0600.

    Attributes:
        kind: ``"run"``, or ``"build"`` for an image.
        run_id: The run; of a build job, ``"build_<digest>"``, which is no run.
        home: ``HOMERUN_HOME``.
        url, token: The server and the agent's own token.
        run_token: The script's token.
        lease_epoch: Which attempt this is; an older one is refused by the store.
        folder: The job's folder, ``HOME/runs/<run key>``; everything it makes lies in it.
        snapshot_id: What to unpack into ``folder/work``, or None.
        command: Words to run; ``{"input": name}`` stands for an input's path.
        interpreter: Absolute path of the Python that runs the script.
        image: Prefix of the image, or None.
        light: Folder of the light rooms, first on the script's ``PYTHONPATH``.
        environment_variables: Everything the script gets but ``RunContext`` and the run marker.
        inputs: As in ``RunSpec``, each with ``root``: the datastore's folder on this machine.
        context: ``RunContext`` as JSON.
        max_run_duration_s: Seconds, or None.
        cores: The run's share of the machine's cores.
        gpus: Numbers of the GPUs it may use.
        environment: Of a build job, the definition.
        digest: Of a build job, the image's digest.
    """

    __slots__ = (
        "kind",
        "run_id",
        "home",
        "url",
        "token",
        "run_token",
        "lease_epoch",
        "folder",
        "snapshot_id",
        "command",
        "interpreter",
        "image",
        "light",
        "environment_variables",
        "inputs",
        "context",
        "max_run_duration_s",
        "cores",
        "gpus",
        "environment",
        "digest",
    )
    kind: str
    run_id: str
    home: str
    url: str
    token: str
    run_token: Optional[str]
    lease_epoch: int
    folder: str
    snapshot_id: Optional[str]
    command: List[Any]
    interpreter: Optional[str]
    image: Optional[str]
    light: Optional[str]
    environment_variables: Dict[str, str]
    inputs: List[Dict[str, Any]]
    context: Dict[str, Any]
    max_run_duration_s: Optional[float]
    cores: int
    gpus: List[int]
    environment: Optional[Dict[str, Any]]
    digest: Optional[str]
    DEFAULTS = {
        "kind": "run",
        "run_token": None,
        "lease_epoch": 0,
        "snapshot_id": None,
        "command": [],
        "interpreter": None,
        "image": None,
        "light": None,
        "environment_variables": {},
        "inputs": [],
        "context": {},
        "max_run_duration_s": None,
        "cores": 1,
        "gpus": [],
        "environment": None,
        "digest": None,
    }


class RunContext(Word):
    """What a script knows about the run it is: through environment variables, nowhere else.

    Attributes:
        journal: Folder that takes the run's journals.
        work: The run's work folder (snapshot, cwd); ``outputs/`` and ``logs/`` lie in it.
        inputs: Input name → path.
    """

    __slots__ = (
        "run_id",
        "url",
        "token",
        "home",
        "journal",
        "work",
        "experiment",
        "experiment_id",
        "workspace_id",
        "workspace_name",
        "subscription_id",
        "resource_group",
        "location",
        "inputs",
    )
    run_id: str
    url: str
    token: str
    home: str
    journal: str
    work: str
    experiment: str
    experiment_id: str
    workspace_id: str
    workspace_name: str
    subscription_id: str
    resource_group: str
    location: str
    inputs: Dict[str, str]
    DEFAULTS = {
        "token": "",
        "home": "",
        "work": "",
        "experiment_id": "",
        "location": "",
        "inputs": {},
    }

    def to_env(self) -> Dict[str, str]:
        """Give the variables that carry this into the script: ours, and those v1 code reads."""
        env = {
            "HOMERUN_RUN_ID": self.run_id,
            "HOMERUN_URL": self.url,
            "HOMERUN_TOKEN": self.token,
            "HOMERUN_HOME": self.home,
            "HOMERUN_JOURNAL": self.journal,
            "HOMERUN_WORK": self.work,
            "HOMERUN_EXPERIMENT_ID": self.experiment_id,
            "HOMERUN_WORKSPACE_ID": self.workspace_id,
            "HOMERUN_LOCATION": self.location,
            "HOMERUN_INPUTS": json.dumps(self.inputs),
            "AZUREML_RUN_ID": self.run_id,
            "AZUREML_EXPERIMENT_ID": self.experiment_id,
            "AZUREML_ARM_PROJECT_NAME": self.experiment,
            "AZUREML_ARM_WORKSPACE_NAME": self.workspace_name,
            "AZUREML_ARM_SUBSCRIPTION": self.subscription_id,
            "AZUREML_ARM_RESOURCEGROUP": self.resource_group,
            "AZUREML_DATASET_ENVIRONMENT_VARS": ",".join(
                f"{name}:Mount" for name in sorted(self.inputs)
            ),
        }
        env.update(self.inputs)
        return env

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "RunContext":
        """Read the context back.

        Raises:
            KeyError: This process is not a run.
        """
        return cls(
            run_id=env["HOMERUN_RUN_ID"],
            url=env["HOMERUN_URL"],
            token=env.get("HOMERUN_TOKEN", ""),
            home=env.get("HOMERUN_HOME", ""),
            journal=env["HOMERUN_JOURNAL"],
            work=env.get("HOMERUN_WORK", ""),
            experiment=env.get("AZUREML_ARM_PROJECT_NAME", ""),
            experiment_id=env.get("HOMERUN_EXPERIMENT_ID", ""),
            workspace_id=env.get("HOMERUN_WORKSPACE_ID", ""),
            workspace_name=env.get("AZUREML_ARM_WORKSPACE_NAME", ""),
            subscription_id=env.get("AZUREML_ARM_SUBSCRIPTION", ""),
            resource_group=env.get("AZUREML_ARM_RESOURCEGROUP", ""),
            location=env.get("HOMERUN_LOCATION", ""),
            inputs=json.loads(env.get("HOMERUN_INPUTS", "{}")),
        )
