"""The module that some scripts name for the same exceptions."""

from azureml.exceptions import *  # noqa: F403 -- all of them, and nothing else
