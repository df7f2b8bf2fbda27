"""Print a bar that writes over itself, then many lines."""

import sys
import time

for done in range(0, 101, 5):
    sys.stdout.write(f"\rdownload {done:3d} %")
    sys.stdout.flush()
    time.sleep(0.01)
sys.stdout.write("\n")
for number in range(3000):
    print(f"line {number}")
