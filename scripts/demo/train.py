"""A pretended training: curves with noise, a log that grows, an end of its own choice."""

import argparse
import math
import random
import time

from azureml.core import Run

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.1)
parser.add_argument("--steps", type=int, default=300)
parser.add_argument("--pause", type=float, default=0.0, help="seconds after each step")
parser.add_argument("--break-at", type=int, default=None)
args = parser.parse_args()

run = Run.get_context()
run.tag("rate", str(args.rate))
random.seed(args.rate)
for step in range(args.steps):
    noise = random.gauss(0, 0.05)
    loss = 2.3 * math.exp(-args.rate * step / 20) + 0.1 + abs(noise)
    run.log("loss", loss, step=step)
    run.log("accuracy", min(1.0, 1 - loss / 2.6 + noise / 4), step=step)
    if step % 20 == 0:
        print(f"step {step}: loss {loss:.4f}", flush=True)
    if step == args.break_at:
        raise ValueError("the demo was told to break here")
    time.sleep(args.pause)
