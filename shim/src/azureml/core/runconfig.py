"""RunConfiguration and its sections."""

from homerun.sdk.conda_dependencies import CondaDependencies
from homerun.sdk.data_inputs import DataReference as DataReferenceConfiguration
from homerun.sdk.environment import (
    DEFAULT_CPU_IMAGE,
    DEFAULT_GPU_IMAGE,
    DockerSection,
    Environment,
    PythonSection,
)
from homerun.sdk.run_configuration import (
    DockerConfiguration,
    MpiConfiguration,
    PyTorchConfiguration,
    RunConfiguration,
    TensorflowConfiguration,
)

EnvironmentDefinition = Environment
PythonEnvironment = PythonSection
DockerEnvironment = DockerSection

__all__ = [
    "CondaDependencies",
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "DataReferenceConfiguration",
    "DockerConfiguration",
    "DockerEnvironment",
    "DockerSection",
    "Environment",
    "EnvironmentDefinition",
    "MpiConfiguration",
    "PyTorchConfiguration",
    "PythonEnvironment",
    "PythonSection",
    "RunConfiguration",
    "TensorflowConfiguration",
]
