"""No gigabytes by surprise: a CPU build where one can be had, and what makes torchvision fit."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.tags import sys_tags

from homerun.environments.cpu_torch import newest_cpu_torch
from homerun.environments.interpreters import Interpreter
from homerun.environments.sources import Sources

TORCH = {
    "torch/__init__.py": "DECLARED = []\n",
    "torch/library.py": (
        "import torch\n"
        "class Library:\n"
        "    def __init__(self, name, kind):\n"
        "        self.name = name\n"
        "    def define(self, schema):\n"
        "        torch.DECLARED.append(self.name + '::' + schema.split('(')[0])\n"
    ),
}
CUDA_TORCH = {**TORCH, "torch/lib/libtorch_cuda.so": "x"}
TORCHVISION = {
    "torchvision/__init__.py": (
        "import torch\n"
        "if 'torchvision::nms' not in torch.DECLARED:\n"
        "    raise RuntimeError('operator torchvision::nms does not exist')\n"
    ),
    "torchvision/_C.so": "...libtorch_cuda.so...",
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the default is a CPU's")


@pytest.fixture
def shop(machine: Any, wheel: Any, packages: Path, tmp_path: Path) -> Any:
    """Give a machine whose only source is a folder with both builds of a tiny torch."""
    folder = tmp_path / "shop"
    native = next(str(tag) for tag in sys_tags())
    wheel(folder, "torch", "9.1.0+cpu", files=TORCH, tag=native)
    wheel(folder, "torch", "9.3.0+cpu", files=TORCH, tag="cp27-cp27m-manylinux1_x86_64")
    wheel(folder, "torch", "9.2.0", files=CUDA_TORCH)
    wheel(folder, "torchvision", "8.1.0", files=TORCHVISION, requires=["torch==9.1.0"])
    wheel(folder, "torchvision", "8.2.0", files=TORCHVISION, requires=["torch==9.2.0"])
    wheel(folder, "lightning", "1.0", requires=["torch>=9"])
    machine.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=f"{folder} {packages}")
    return machine


def test_without_a_gpu_the_cpu_build_is_taken_and_said(shop: Any) -> None:
    image = shop.pip("torch")
    assert image.record["packages"]["torch"] == "9.1.0+cpu"
    assert "Taken: torch 9.1.0+cpu" in shop.log


def test_it_is_taken_where_another_package_asks_for_torch_too(shop: Any) -> None:
    assert shop.pip("lightning").record["packages"]["torch"] == "9.1.0+cpu"


def test_with_a_gpu_the_default_build_is_taken(shop: Any) -> None:
    shop.has_gpu = True
    assert shop.pip("torch").record["packages"]["torch"] == "9.2.0"
    assert "CPU build" not in shop.log


def test_cpuonly_wants_the_cpu_build_beside_a_gpu_too(shop: Any) -> None:
    shop.has_gpu = True
    image = shop.build({"kind": "conda", "conda": "dependencies: [pytorch, cpuonly]"})
    assert image.record["packages"]["torch"] == "9.1.0+cpu"


@pytest.mark.parametrize("lines", [["torch>=9.2"], ["torch", "torchvision==8.2.0"]])
def test_where_none_fits_the_default_is_taken_and_said(shop: Any, lines: list[str]) -> None:
    assert shop.pip(*lines).record["packages"]["torch"] == "9.2.0"
    assert "No CPU build can be had: the default one is taken" in shop.log


def test_torchvision_is_matched_and_repaired_beside_a_cpu_build(shop: Any) -> None:
    image = shop.pip("torch", "torchvision")
    assert image.record["packages"]["torchvision"] == "8.1.0"
    assert image.record["repairs"] == ["torchvision-cpu-ops"]
    assert "Repair torchvision-cpu-ops" in shop.log
    code = "import sys; assert 'torch' not in sys.modules; import torchvision"
    subprocess.run([image.python, "-W", "error", "-c", code], check=True)


def test_repairs_can_be_switched_off(shop: Any) -> None:
    image = shop.pip("torch", "torchvision", HOMERUN_REPAIRS="off")
    assert image.record["repairs"] == []
    done = subprocess.run(
        [image.python, "-c", "import torchvision"], capture_output=True, check=False
    )
    assert b"operator torchvision::nms does not exist" in done.stderr


def test_a_cuda_build_is_not_repaired(shop: Any) -> None:
    shop.has_gpu = True
    assert shop.pip("torch", "torchvision").record["repairs"] == []


def _sources(find_links: tuple[str, ...] = (), indexes: tuple[str, ...] = ()) -> Sources:
    return Sources({}, (), (), find_links, indexes, False, ())


def test_pages_and_indexes_are_searched_by_tag_and_pin() -> None:
    pages = {
        "https://wheels.example/": (
            '<a href="torch-2.1.0%2Bcpu-cp310-cp310-linux_x86_64.whl">x</a>'
            "<a href='https://far.example/torch-2.2.0%2Bcpu-cp310-cp310-linux_x86_64.whl'>x</a>"
            '<a href="torch-2.3.0%2Bcu121-cp310-cp310-linux_x86_64.whl">x</a>'
            '<a href="torchaudio-2.9.0%2Bcpu-cp310-cp310-linux_x86_64.whl">x</a>'
        ),
        "https://u:p@index.example/simple/torch/": (
            '<a href="torch-2.0.1+cpu-py3-none-any.whl#sha256=1">x</a>'
        ),
    }

    def fetch(url: str) -> str:
        if url not in pages:
            raise OSError(url)
        return pages[url]

    sources = _sources(
        ("https://wheels.example/", "https://away.example/", "/nonexistent"),
        ("https://u:p@index.example/simple",),
    )
    python = Interpreter((3, 10, 1), "python")
    for pin, expected in (("", "2.2.0+cpu"), ("==2.1.*", "2.1.0+cpu"), ("<2.1", "2.0.1+cpu")):
        assert str(newest_cpu_torch(sources, python, pin, fetch)) == expected
    assert newest_cpu_torch(sources, python, ">3", fetch) is None
    old = Interpreter((3, 6, 15), "python")
    assert str(newest_cpu_torch(sources, old, "", fetch)) == "2.0.1+cpu"
