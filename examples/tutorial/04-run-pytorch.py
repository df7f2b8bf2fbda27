"""Part 3: train a small network, in an environment made from a conda file."""

from azureml.core import Environment, Experiment, ScriptRunConfig, Workspace

ws = Workspace.from_config()
experiment = Experiment(workspace=ws, name="tutorial-train")
config = ScriptRunConfig(source_directory="./src", script="train.py", compute_target="cpu-cluster")

# Built at the first run that asks for it; the next one starts at once.
env = Environment.from_conda_specification(name="pytorch-env", file_path=".azureml/pytorch-env.yml")
config.run_config.environment = env

run = experiment.submit(config)
print(run.get_portal_url())
run.wait_for_completion(show_output=True)
