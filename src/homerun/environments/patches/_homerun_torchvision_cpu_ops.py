"""Lets PyPI's torchvision be imported beside a CPU build of PyTorch.

Put here by homerun (repair ``torchvision-cpu-ops``). torchvision registers Python fakes for
operators that its compiled part declares; that part is linked against CUDA and does not load, so
the operators are declared here, when torchvision is first imported. Calling one still raises
torchvision's own error.
"""

import importlib
import sys
from typing import Any

_KEPT: list[Any] = []


class _Watch:
    @staticmethod
    def find_spec(name: str, *_rest: object) -> None:
        """Declare the operators at the first import of torchvision; finds nothing itself."""
        if name == "torchvision" and _Watch in sys.meta_path:
            sys.meta_path.remove(_Watch)
            _declare()


def _declare() -> None:
    library = importlib.import_module("torch.library").Library("torchvision", "FRAGMENT")
    _KEPT.append(library)  # the operators live as long as the library does
    for name in ("nms", "qnms"):
        try:
            library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        except RuntimeError:  # another part has declared it
            continue


sys.meta_path.insert(0, _Watch)
