"""Workspace, Experiment, Run, Environment: what people import, one module per noun."""
