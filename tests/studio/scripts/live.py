"""Write and log for a while, as training does; ends early when told to cancel."""

import argparse
import math
import time

from homerun.sdk.run import Run


def main() -> None:
    """Log some metrics at a steady pace."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--pause", type=float, default=0.1)
    parser.add_argument("--lr", type=float, default=0.05)
    args = parser.parse_args()
    run = Run.get_context()
    print("\x1b[36mINFO\x1b[0m  training begins")
    for step in range(args.steps):
        loss = 0.2 + 2 * math.exp(-step / 120) + 0.05 * math.sin(step)
        run.log("train/loss", loss, step=step)
        run.log("batch_loss", loss + 0.1)
        if step % 20 == 0:
            run.log("val/acc", 1 - loss / 2.5, step=step)
            print(f"step {step:4d}  loss {loss:.4f}")
        time.sleep(args.pause)
    run.log_list("classes", [1, 2, 3])
    run.log_row("confusion", cat=1.0, dog=2.0)
    run.flush()


main()
