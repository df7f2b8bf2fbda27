"""The names that scripts import: Workspace, Experiment, Run and the rest."""

from azureml.core._version import VERSION
from homerun.sdk.compute import ComputeTarget
from homerun.sdk.dataset import Dataset
from homerun.sdk.datastore import Datastore
from homerun.sdk.environment import Environment
from homerun.sdk.experiment import Experiment
from homerun.sdk.refusals import refused
from homerun.sdk.run import Run
from homerun.sdk.run_configuration import RunConfiguration
from homerun.sdk.script_run_config import ScriptRunConfig
from homerun.sdk.workspace import Workspace

ContainerImage = refused("ContainerImage")
Image = refused("Image")
Keyvault = refused("Keyvault")
Model = refused("Model")
Webservice = refused("Webservice")
ScriptRun = Run
__version__ = VERSION

__all__ = [
    "ComputeTarget",
    "ContainerImage",
    "Dataset",
    "Datastore",
    "Environment",
    "Experiment",
    "Image",
    "Keyvault",
    "Model",
    "Run",
    "RunConfiguration",
    "ScriptRun",
    "ScriptRunConfig",
    "VERSION",
    "Webservice",
    "Workspace",
    "__version__",
]
