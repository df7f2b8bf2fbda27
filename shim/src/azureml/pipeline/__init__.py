"""Pipelines: not yet here."""
