"""What Azure ML has and homerun does not: one table, name → what to use instead."""

from typing import Any, Dict, NoReturn, Type

from homerun.sdk.exceptions import NotAvailableError

_SERVE = "your own web server on the model that the run's outputs/ holds"
_TRAIN = "a ScriptRunConfig that runs your own search"
_TARGET = "AmlCompute: a name for a share of this machine"
_FOLDER = "the workspace's own datastore and Datastore.upload"
_SCRIPT = "ScriptRunConfig with the same script, arguments and an Environment"
_STEPS = "one Experiment.submit after another, waiting for each with run.wait_for_completion()"
_SUBMIT = "Experiment.submit with a ScriptRunConfig"
_ENV = "Environment.from_conda_specification or Environment.from_pip_requirements"

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
    "Datastore.register_azure_blob_container": _FOLDER,
    "Datastore.register_azure_file_share": _FOLDER,
    "Datastore.register_azure_data_lake": _FOLDER,
    "Datastore.register_azure_data_lake_gen2": _FOLDER,
    "Datastore.register_azure_sql_database": _FOLDER,
    "Datastore.register_azure_postgre_sql": _FOLDER,
    "Datastore.register_azure_my_sql": _FOLDER,
    "Datastore.register_dbfs": _FOLDER,
    "Datastore.register_hdfs": _FOLDER,
    "Dataset.Tabular": "Dataset.File.from_files, and pandas on its path in the run",
    "Dataset.get_by_name": "Dataset.File.from_files with the datastore and the path",
    "Dataset.get_by_id": "Dataset.File.from_files with the datastore and the path",
    "Dataset.get_all": "Workspace.datastores",
    "FileDataset.register": "the same Dataset.File.from_files(…) wherever it is needed",
    "Environment.from_docker_image": _ENV,
    "Environment.from_dockerfile": _ENV,
    "Environment.from_docker_build_context": _ENV,
    "Environment.from_existing_conda_environment": (
        "an Environment with python.user_managed_dependencies and python.interpreter_path"
    ),
    "Environment.build": "Experiment.submit: the first run builds it, once",
    "Environment.build_local": "Experiment.submit: the first run builds it, once",
    "Experiment.start_logging": _SUBMIT,
    "Experiment.submit of this kind of configuration": _SUBMIT,
    "Run.register_model": "Run.upload_file; the file stays with the run",
    "Run.child_run": "a run of its own: " + _SUBMIT,
    "Run.create_children": "runs of their own: " + _SUBMIT,
    "Run.submit_child": _SUBMIT,
    "Run.get_secret": "environment variables of the run configuration",
    "Run.get_secrets": "environment variables of the run configuration",
    "Workspace.get_default_keyvault": "environment variables of the run configuration",
    "Workspace.setup": "Workspace.create",
    "ScriptRunConfig(resume_from=…)": "a dataset input with the checkpoint's folder",
    "ScriptRunConfig(distributed_job_config=…)": (
        "one process per run for now; your script may start its own (torchrun, multiprocessing)"
    ),
    "more than one node": "node_count=1; runs of one machine",
    "RunConfiguration.load": "RunConfiguration() and its attributes",
    "RunConfiguration.save": "RunConfiguration() and its attributes",
    "OutputFileDatasetConfig": "the folder outputs/ of the run, which is kept",
    "PipelineData": "the folder outputs/ of the run, which is kept",
    "TabularDataset": "Dataset.File.from_files, and pandas on its path in the run",
    "TabularDatasetFactory": "Dataset.File.from_files, and pandas on its path in the run",
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
