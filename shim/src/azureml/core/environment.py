"""Environment and its sections."""

from homerun.sdk.conda_dependencies import CondaDependencies
from homerun.sdk.environment import (
    DEFAULT_CPU_IMAGE,
    DEFAULT_GPU_IMAGE,
    DockerSection,
    Environment,
    PythonSection,
)

__all__ = [
    "CondaDependencies",
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "DockerSection",
    "Environment",
    "PythonSection",
]
