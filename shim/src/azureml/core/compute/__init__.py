"""Compute targets."""

from homerun.sdk.compute import AmlCompute, ComputeTarget
from homerun.sdk.refusals import refused

AksCompute = refused("AksCompute")
AdlaCompute = refused("AdlaCompute")
BatchCompute = refused("BatchCompute")
ComputeInstance = refused("ComputeInstance")
DataFactoryCompute = refused("DataFactoryCompute")
DatabricksCompute = refused("DatabricksCompute")
DsvmCompute = refused("DsvmCompute")
HDInsightCompute = refused("HDInsightCompute")
KubernetesCompute = refused("KubernetesCompute")
RemoteCompute = refused("RemoteCompute")
SynapseCompute = refused("SynapseCompute")

__all__ = [
    "AdlaCompute",
    "AksCompute",
    "AmlCompute",
    "BatchCompute",
    "ComputeInstance",
    "ComputeTarget",
    "DataFactoryCompute",
    "DatabricksCompute",
    "DsvmCompute",
    "HDInsightCompute",
    "KubernetesCompute",
    "RemoteCompute",
    "SynapseCompute",
]
