"""Part 4: train on the uploaded pictures, with parameters given as arguments."""

from azureml.core import Dataset, Environment, Experiment, ScriptRunConfig, Workspace

ws = Workspace.from_config()
datastore = ws.get_default_datastore()
dataset = Dataset.File.from_files(path=(datastore, "datasets/pictures"))

experiment = Experiment(workspace=ws, name="tutorial-train-data")
config = ScriptRunConfig(
    source_directory="./src",
    script="train.py",
    compute_target="cpu-cluster",
    arguments=[
        "--data-path",
        dataset.as_named_input("pictures").as_mount(),
        "--learning-rate",
        0.002,
        "--momentum",
        0.9,
    ],
)
env = Environment.from_conda_specification(name="pytorch-env", file_path=".azureml/pytorch-env.yml")
config.run_config.environment = env

run = experiment.submit(config)
print(run.get_portal_url())
run.wait_for_completion(show_output=True)
