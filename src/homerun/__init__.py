"""homerun: the Azure Machine Learning (SDK v1) way of working, on your own hardware.

This package's top level imports nothing: training scripts on old Pythons load it too.
"""

__version__ = "0.1.0"
