"""Part 2: the smallest script there is, as a run."""

from azureml.core import Experiment, ScriptRunConfig, Workspace

ws = Workspace.from_config()
experiment = Experiment(workspace=ws, name="tutorial-hello")
config = ScriptRunConfig(source_directory="./src", script="hello.py", compute_target="cpu-cluster")

run = experiment.submit(config)
print(run.get_portal_url())
run.wait_for_completion(show_output=True)
