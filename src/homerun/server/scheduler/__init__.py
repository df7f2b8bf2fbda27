"""Finds queued runs in the store, gives them a place, and speaks for jobs that fell silent.

It meets the API only in the store, so either could be another process.
"""

from homerun.server.scheduler.loop import Scheduler

__all__ = ["Scheduler"]
