"""Says hello from wherever it runs."""

import platform

print("Hello from Python", platform.python_version(), "on", platform.system())
