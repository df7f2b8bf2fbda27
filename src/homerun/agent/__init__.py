"""The process beside the user's script: prepares, starts it, ships what it logs, says it lives.

Started by path with ``-S -E``, so it imports the standard library and the light rooms alone; what
costs milliseconds there (``argparse``, ``dataclasses``, ``logging``) is left out on purpose.
"""
