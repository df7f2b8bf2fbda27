"""Pipelines: not yet here."""

from homerun.sdk.refusals import refused

Pipeline = refused("Pipeline")
PipelineData = refused("PipelineData")
PipelineParameter = refused("PipelineParameter")
PublishedPipeline = refused("PublishedPipeline")
Schedule = refused("Schedule")
ScheduleRecurrence = refused("ScheduleRecurrence")

__all__ = [
    "Pipeline",
    "PipelineData",
    "PipelineParameter",
    "PublishedPipeline",
    "Schedule",
    "ScheduleRecurrence",
]
