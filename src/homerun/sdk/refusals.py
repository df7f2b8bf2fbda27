"""What Azure ML has and homerun does not: one table, name → what to use instead."""

from typing import Any, Callable, Dict, NoReturn, Type, TypeVar

from homerun.sdk.exceptions import NotAvailableError

_Class = TypeVar("_Class", bound=type)

_SERVE = "your own web server on the model that the run's outputs/ holds"
_TRAIN = "a ScriptRunConfig that runs your own search"
_TARGET = "AmlCompute: a name for a share of this machine"
_FOLDER = "the workspace's own datastore and Datastore.upload"
_SCRIPT = "ScriptRunConfig with the same script, arguments and an Environment"
_STEPS = "one Experiment.submit after another, waiting for each with run.wait_for_completion()"
_SUBMIT = "Experiment.submit with a ScriptRunConfig"
_ENV = "Environment.from_conda_specification or Environment.from_pip_requirements"
_OUTPUTS = "the folder outputs/ of the run, which is kept"
_PANDAS = "Dataset.File.from_files, and pandas on its path in the run"
_AGAIN = "the same Dataset.File.from_files(…) wherever it is needed"
_FEWER = "Dataset.File.from_files with the paths of just these files"
_TAG_RUNS = "Run.tag: runs carry tags"
_NO_NETWORK = "the workspace as it is: it needs no keys, connections or networks"

REFUSED = {
    "Webservice": _SERVE,
    "AciWebservice": _SERVE,
    "AksWebservice": _SERVE,
    "LocalWebservice": _SERVE,
    "AksEndpoint": _SERVE,
    "InferenceConfig": _SERVE,
    "Model": "Run.upload_file and Run.download_file on the run that made the model",
    "Image": _SERVE,
    "ContainerImage": _SERVE,
    "AutoMLConfig": _TRAIN,
    "AksCompute": _TARGET,
    "DatabricksCompute": _TARGET,
    "DataFactoryCompute": _TARGET,
    "AdlaCompute": _TARGET,
    "BatchCompute": _TARGET,
    "HDInsightCompute": _TARGET,
    "RemoteCompute": _TARGET,
    "DsvmCompute": _TARGET,
    "ComputeInstance": _TARGET,
    "KubernetesCompute": _TARGET,
    "SynapseCompute": _TARGET,
    "ComputeTarget.attach": _TARGET,
    "ComputeTarget.detach": "ComputeTarget.delete",
    "ComputeTarget.add_identity": "the target as it is: runs are processes of yours",
    "ComputeTarget.deserialize": "ComputeTarget(workspace, name)",
    "ComputeTarget.get_active_runs": "Experiment.get_runs",
    "ComputeTarget.list_nodes": "AmlCompute.get_status: this machine is the only node",
    "ComputeTarget.remove_identity": "the target as it is: runs are processes of yours",
    "Datastore.as_upload": _OUTPUTS,
    "Datastore.set_as_default": "Workspace.get_default_datastore, or Datastore(workspace, name)",
    "Datastore.unregister": "Workspace.delete, which deletes its datastores too",
    "DataReference.as_upload": _OUTPUTS,
    "Datastore.register_azure_blob_container": _FOLDER,
    "Datastore.register_azure_file_share": _FOLDER,
    "Datastore.register_azure_data_lake": _FOLDER,
    "Datastore.register_azure_data_lake_gen2": _FOLDER,
    "Datastore.register_azure_sql_database": _FOLDER,
    "Datastore.register_azure_postgre_sql": _FOLDER,
    "Datastore.register_azure_my_sql": _FOLDER,
    "Datastore.register_dbfs": _FOLDER,
    "Datastore.register_hdfs": _FOLDER,
    "Dataset.Tabular": _PANDAS,
    "Dataset.auto_read_files": _PANDAS,
    "Dataset.from_binary_files": "Dataset.File.from_files",
    "Dataset.from_delimited_files": _PANDAS,
    "Dataset.from_excel_files": _PANDAS,
    "Dataset.from_json_files": _PANDAS,
    "Dataset.from_pandas_dataframe": "a file of it, and Datastore.upload_files",
    "Dataset.from_parquet_files": _PANDAS,
    "Dataset.get": "Dataset.File.from_files with the datastore and the path",
    "Dataset.get_by_name": "Dataset.File.from_files with the datastore and the path",
    "Dataset.get_by_id": "Dataset.File.from_files with the datastore and the path",
    "Dataset.get_all": "Workspace.datastores",
    "FileDataset.add_tags": _AGAIN,
    "FileDataset.as_cache": "FileDataset.as_mount, which copies nothing",
    "FileDataset.as_hdfs": "FileDataset.as_mount",
    "FileDataset.file_metadata": "FileDataset.to_path",
    "FileDataset.filter": _FEWER,
    "FileDataset.mount": "FileDataset.download, or as_mount() in the arguments of a run",
    "FileDataset.random_split": _FEWER,
    "FileDataset.register": _AGAIN,
    "FileDataset.remove_tags": _AGAIN,
    "FileDataset.skip": _FEWER,
    "FileDataset.take": _FEWER,
    "FileDataset.unregister_all_versions": _AGAIN,
    "FileDataset.update": _AGAIN,
    "Environment.from_docker_image": _ENV,
    "Environment.from_dockerfile": _ENV,
    "Environment.from_docker_build_context": _ENV,
    "Environment.from_existing_conda_environment": (
        "an Environment with python.user_managed_dependencies and python.interpreter_path"
    ),
    "Environment.build": "Experiment.submit: the first run builds it, once",
    "Environment.build_local": "Experiment.submit: the first run builds it, once",
    "Environment.add_private_pip_wheel": "a requirement line with the wheel's absolute path",
    "Environment.label": "Environment.get with the name and the version",
    "Environment.load_from_directory": _ENV,
    "Environment.save_to_directory": "env.python.conda_dependencies.save(path)",
    "Experiment.archive": "another experiment's name for new runs",
    "Experiment.delete": "Workspace.delete, or keep it: an experiment is a name",
    "Experiment.from_directory": "Workspace.from_config and Experiment(workspace, name)",
    "Experiment.reactivate": "Experiment(workspace, name): none is ever archived",
    "Experiment.remove_tags": _TAG_RUNS,
    "Experiment.set_tags": _TAG_RUNS,
    "Experiment.start_logging": _SUBMIT,
    "Experiment.tag": _TAG_RUNS,
    "Experiment.submit of this kind of configuration": _SUBMIT,
    "Run.add_type_provider": "Run: there is one type of run",
    "Run.clean": "homerun's own cleaning: a run's folder goes when the run has completed",
    "Run.get_all_logs": "run.download_files(prefix='azureml-logs')",
    "Run.get_environment": "run.get_details()['runDefinition']['environment']",
    "Run.list_by_compute": "Experiment.get_runs, and run.get_details()['target'] of each",
    "Run.restore_snapshot": "run.get_properties(): they name the commit that was submitted",
    "Run.start": "run.get_status(): a run starts by itself",
    "Run.take_snapshot": "Experiment.submit, which takes one of the source_directory",
    "Run.register_model": "Run.upload_file; the file stays with the run",
    "Run.child_run": "a run of its own: " + _SUBMIT,
    "Run.create_children": "runs of their own: " + _SUBMIT,
    "Run.submit_child": _SUBMIT,
    "Run.get_secret": "environment variables of the run configuration",
    "Run.get_secrets": "environment variables of the run configuration",
    "Workspace.get_default_keyvault": "environment variables of the run configuration",
    "Workspace.add_private_endpoint": _NO_NETWORK,
    "Workspace.delete_connection": _NO_NETWORK,
    "Workspace.delete_private_endpoint_connection": _NO_NETWORK,
    "Workspace.diagnose_workspace": "`homerun server status`",
    "Workspace.get_connection": _NO_NETWORK,
    "Workspace.get_mlflow_tracking_uri": "run.log in the script, and run.get_metrics",
    "Workspace.list_connections": _NO_NETWORK,
    "Workspace.list_keys": _NO_NETWORK,
    "Workspace.set_connection": _NO_NETWORK,
    "Workspace.set_default_datastore": "Datastore(workspace, name) where it is needed",
    "Workspace.setup": "Workspace.create",
    "Workspace.sync_keys": _NO_NETWORK,
    "Workspace.update": "Workspace.create with the tags and the friendly name it is to have",
    "Workspace.update_dependencies": _NO_NETWORK,
    "ScriptRunConfig(resume_from=…)": "a dataset input with the checkpoint's folder",
    "ScriptRunConfig(distributed_job_config=…)": (
        "one process per run for now; your script may start its own (torchrun, multiprocessing)"
    ),
    "more than one node": "node_count=1; runs of one machine",
    "RunConfiguration.load": "RunConfiguration() and its attributes",
    "RunConfiguration.save": "RunConfiguration() and its attributes",
    "OutputFileDatasetConfig": _OUTPUTS,
    "PipelineData": _OUTPUTS,
    "TabularDataset": _PANDAS,
    "TabularDatasetFactory": _PANDAS,
    "BanditPolicy": _TRAIN,
    "BayesianParameterSampling": _TRAIN,
    "GridParameterSampling": _TRAIN,
    "HyperDriveConfig": _TRAIN,
    "HyperDriveRun": _TRAIN,
    "MedianStoppingPolicy": _TRAIN,
    "NoTerminationPolicy": _TRAIN,
    "PrimaryMetricGoal": _TRAIN,
    "RandomParameterSampling": _TRAIN,
    "TruncationSelectionPolicy": _TRAIN,
    "Estimator": _SCRIPT,
    "Chainer": _SCRIPT,
    "PyTorch": _SCRIPT,
    "TensorFlow": _SCRIPT,
    "SKLearn": _SCRIPT,
    "Pipeline": _STEPS,
    "PipelineParameter": _STEPS,
    "PublishedPipeline": _STEPS,
    "Schedule": _STEPS,
    "ScheduleRecurrence": _STEPS,
    "EstimatorStep": _STEPS,
    "HyperDriveStep": _STEPS,
    "ParallelRunConfig": _STEPS,
    "ParallelRunStep": _STEPS,
    "PythonScriptStep": _STEPS,
    "RunDetails": "run.get_portal_url(): the run's page moves by itself",
    "Keyvault": "environment variables of the run configuration",
}  # type: Dict[str, str]


def refuse(name: str, instead: str = "") -> NoReturn:
    """Say that a name is not here, and what to use.

    Raises:
        NotAvailableError: Always.
    """
    raise NotAvailableError(
        f"`{name}` is not available in homerun: use {instead or REFUSED[name]}."
    )


def refuses(cls: _Class) -> _Class:
    """Give a class a method that refuses for each ``Class.method`` of the table that it lacks."""
    for name in REFUSED:
        owner, _, method = name.partition(".")
        if owner == cls.__name__ and method.isidentifier() and not hasattr(cls, method):
            setattr(cls, method, staticmethod(_refusing(name)))
    return cls


def _refusing(name: str) -> Callable[..., NoReturn]:
    def refusing(*args: Any, **kwargs: Any) -> NoReturn:  # whatever it is called with
        refuse(name)

    refusing.__name__ = name.rpartition(".")[2]
    refusing.__doc__ = f"Refused: use {REFUSED[name]}."
    return refusing


class _RefusedType(type):
    """Lets ``Name.anything`` be looked up and refused when it is called, as ``Name()`` is."""

    def __getattr__(cls, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)

        def call(*args: Any, **kwargs: Any) -> NoReturn:  # whatever it is called with
            refuse(f"{cls.__name__}.{attribute}", REFUSED[cls.__name__])

        return call

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # whatever it is called with
        refuse(cls.__name__)


def refused(name: str) -> Type[Any]:
    """Make the class that stands under a refused name: it imports, and refuses to be used."""
    return _RefusedType(name, (object,), {"__doc__": "Not available in homerun."})
