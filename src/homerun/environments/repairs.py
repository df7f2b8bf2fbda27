"""Named repairs of a fresh image: each in the log, in the record, and off with one variable."""

from importlib import resources
from pathlib import Path

TORCHVISION_CPU = "torchvision-cpu-ops"

_MODULE = "_homerun_torchvision_cpu_ops"
_CUDA = b"libtorch_cuda"


def needed_repairs(site: Path) -> list[str]:
    """Tell which repairs these packages need, by looking at their files."""
    compiled = [*(site / "torchvision").glob("_C*.so")]
    beside_cpu = (site / "torch").is_dir() and not [*(site / "torch" / "lib").glob("*torch_cuda*")]
    wants_cuda = any(_CUDA in path.read_bytes() for path in compiled)
    return [TORCHVISION_CPU] if beside_cpu and wants_cuda else []


def apply_repair(name: str, site: Path) -> str:
    """Make one repair and give the sentence for the log. Only new files are written.

    Package files are shared with uv's cache by hardlink, so none of them is touched.
    """
    if name != TORCHVISION_CPU:
        raise ValueError(f"There is no repair {name!r}.")
    source = resources.files("homerun.environments.patches").joinpath(_MODULE + ".py")
    (site / f"{_MODULE}.py").write_bytes(source.read_bytes())
    (site / f"{_MODULE}.pth").write_text(f"import {_MODULE}\n", encoding="utf-8")
    return (
        "torchvision's operators are declared beside the CPU build of PyTorch, so that it can be "
        "imported; nms and torchvision.io are not to be had in it. Off: HOMERUN_REPAIRS=off."
    )
