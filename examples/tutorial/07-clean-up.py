"""The end: give back what the tutorial used. Its runs and their charts go with the workspace."""

import shutil
from pathlib import Path

from azureml.core import Workspace

ws = Workspace.from_config()

if "cpu-cluster" in ws.compute_targets:
    ws.compute_targets["cpu-cluster"].delete()
ws.delete(delete_dependent_resources=True)

Path(".azureml/config.json").unlink()
for folder in ("data", "download", "outputs"):
    shutil.rmtree(folder, ignore_errors=True)
print("The workspace is gone. The built environment is kept, for whoever asks for the same one;")
print("`homerun server stop` ends the server.")
