"""Part 1: a compute target, the name of the place where runs go."""

from azureml.core import Workspace
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.compute_target import ComputeTargetException

ws = Workspace.from_config()
name = "cpu-cluster"

try:
    target = ComputeTarget(workspace=ws, name=name)
    print("Found", name)
except ComputeTargetException:
    # Up to four runs at a time share this machine; an Azure size is taken as a wish.
    config = AmlCompute.provisioning_configuration(
        vm_size="STANDARD_D2_V2", max_nodes=4, idle_seconds_before_scaledown=2400
    )
    target = ComputeTarget.create(ws, name, config)

target.wait_for_completion(show_output=True)
