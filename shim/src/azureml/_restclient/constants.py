"""The statuses of a run, where scripts look for them."""

from homerun.schema.states import RunStatus as _RunStatus


class RunStatus(_RunStatus):
    """v1's statuses, those that homerun never uses included."""

    PROVISIONING = "Provisioning"
    UNAPPROVED = "Unapproved"
    PAUSING = "Pausing"
    PAUSED = "Paused"

    @classmethod
    def get_running_statuses(cls) -> "list[str]":
        """Give the statuses of a run that has not ended."""
        return [
            cls.NOT_STARTED,
            cls.QUEUED,
            cls.PREPARING,
            cls.PROVISIONING,
            cls.STARTING,
            cls.RUNNING,
        ]

    @classmethod
    def get_post_processing_statuses(cls) -> "list[str]":
        """Give the statuses of a run that is ending."""
        return [cls.FINALIZING, cls.CANCEL_REQUESTED]


__all__ = ["RunStatus"]
