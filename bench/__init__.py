"""The figures, on the machine at hand: ``python -m bench [MODULE …]``."""
