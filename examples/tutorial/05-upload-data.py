"""Part 4: put the pictures into the workspace's datastore, where every run can have them."""

import subprocess
import sys

from azureml.core import Workspace

ws = Workspace.from_config()

# src/data.py needs what the environment of part 3 has, so it runs there. On the command line:
#   homerun env python .azureml/pytorch-env.yml -- src/data.py --to data
subprocess.run(
    [sys.executable, "-m", "homerun.cli", "env", "python", ".azureml/pytorch-env.yml"]
    + ["--", "src/data.py", "--to", "data"],
    check=True,
)

datastore = ws.get_default_datastore()
datastore.upload(src_dir="./data", target_path="datasets/pictures", overwrite=True)
