"""All parts of the tutorial in their order; then where to look. Leaves the server up."""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCALLY = ["-m", "homerun.cli", "env", "python", ".azureml/pytorch-env.yml", "--"]

PARTS = [
    (["01-create-workspace.py"], "a workspace"),
    (["02-create-compute.py"], "a compute target"),
    (["03-run-hello.py"], "the smallest run"),
    (["04-run-pytorch.py"], "a model trains; the environment is built first, once"),
    ([*LOCALLY, "src/train.py", "--epochs", "1"], "the same script by itself, not as a run"),
    (["05-upload-data.py"], "pictures into the datastore"),
    (["06-run-pytorch-data.py"], "a model trains on them"),
]


def main():
    """Run the parts; the first that fails is the last."""
    started_s = time.monotonic()
    for number, (words, what) in enumerate(PARTS, start=1):
        name = " ".join(words).replace("-m homerun.cli", "homerun")
        say(f"\n[{number}/{len(PARTS)}] {name}: {what}")
        part_s = time.monotonic()
        code = subprocess.call([sys.executable, *words], cwd=HERE)
        if code != 0:
            say(f"{name} ended with exit code {code}. What it printed above says why;")
            say("`homerun runs` and `homerun logs RUN` show what became of its run.")
            return 1
        say(f"[{number}/{len(PARTS)}] done in {time.monotonic() - part_s:.1f} s")
    return show_results(time.monotonic() - started_s)


def show_results(took_s):
    """Say what came out of it, and how to look further."""
    from azureml.core import Experiment, Workspace

    ws = Workspace.from_config(path=str(HERE))
    say(f"\nAll parts ran in {took_s:.0f} s.")
    link = ""
    for name in ("tutorial-train", "tutorial-train-data"):
        run = next(iter(Experiment(workspace=ws, name=name).get_runs()))
        losses = run.get_metrics(name="loss").get("loss", [])
        if run.get_status() != "Completed" or len(losses) < 2:
            say(f"{name}: {run.get_status()}, {len(losses)} losses; expected a completed run.")
            return 1
        some = losses[:: max(1, len(losses) // 8)]
        say(f"{name}: loss {' → '.join(f'{loss:.2f}' for loss in [*some, losses[-1]])}")
        link = run.get_portal_url()
    say(f"""
The last run, in the Studio:

  {link}

To look further, from this folder ({HERE}):
  homerun runs                       the runs; `homerun logs RUN` what they printed
  homerun studio                     a fresh link, valid for a day
  python 06-run-pytorch-data.py      change src/train.py and run it again: it starts at once
  python 07-clean-up.py              give back what was used
  homerun server stop                the server stays up until then
The commands are in .venv/bin: `source .venv/bin/activate` in the repository.""")
    return 0


def say(text):
    """Print at once, in order with what the parts print."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
