"""Part 1: a workspace, and a file that later scripts find it by."""

from azureml.core import Workspace

ws = Workspace.create(
    name="tutorial",
    subscription_id="00000000-0000-0000-0000-000000000000",
    resource_group="homerun",
    create_resource_group=True,
    location="local",
)

# Every later script calls Workspace.from_config(), which finds this file.
ws.write_config(path=".azureml")
print("Workspace", ws.name, "is there; .azureml/config.json says where.")
