"""Every page of the Studio by name: what tests open and screenshots show."""

from typing import Any

VIEWS = {
    "experiments": "/experiments",
    "experiment": "/experiments/cifar10-tutorial",
    "runs": "/runs",
    "runs-filtered": "/runs?status=failed&sort=duration",
    "runs-no-match": "/runs?q=nothing-like-this",
    "run-details": "/runs/{full}",
    "run-details-live": "/runs/{live}",
    "run-details-failed": "/runs/{failed}",
    "run-details-build-failed": "/runs/{built}",
    "run-metrics": "/runs/{full}/metrics",
    "run-metrics-smooth": "/runs/{full}/metrics?smooth=0.85&log=1&x=relative",
    "run-metrics-live": "/runs/{live}/metrics",
    "run-metrics-none": "/runs/{hello}/metrics",
    "run-logs": "/runs/{full}/logs?find=loss",
    "run-logs-live": "/runs/{live}/logs",
    "run-build": "/runs/{built}/logs",
    "nowhere": "/nothing/here",
}
NARROW = ("experiments", "runs", "run-details", "run-metrics", "run-logs", "run-details-failed")


def find_runs(client: Any) -> dict[str, str]:
    """Choose the runs that the views are about, by what they are."""
    runs = client.runs.list(limit=200)["runs"]

    def first(want: Any) -> str:
        return str(next((run["run_id"] for run in runs if want(run)), ""))

    def failed_by(code: str) -> str:
        return first(
            lambda run: (
                run["script"] == "train.py"
                and run["error"] is not None
                and run["error"]["code"] == code
            )
        )

    return {
        "full": first(
            lambda run: (
                run["status"] == "Completed"
                and run["metrics"].get("train/loss", {"count": 0})["count"] > 1000
            )
        ),
        "live": first(lambda run: run["script"] == "live.py"),
        "hello": first(lambda run: run["script"] == "hello.py"),
        "failed": failed_by("UserError"),
        "built": failed_by("BuildFailed"),
    }
