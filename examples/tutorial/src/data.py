"""Pictures in ten classes: CIFAR-10, or scikit-learn's digits where that cannot be downloaded."""

import argparse
import threading
import urllib.request
from pathlib import Path

import numpy as np

MOST_PICTURES = 8000  # a sixth of CIFAR-10: enough to see the loss fall within a minute


def fetch(cache="./download"):
    """Give the pictures as bytes (N×32×32×3), their classes, and what they are."""
    from torchvision.datasets import CIFAR10

    if answers(CIFAR10.url):
        whole = CIFAR10(root=cache, train=True, download=True)
        return whole.data[:MOST_PICTURES], np.array(whole.targets[:MOST_PICTURES]), "CIFAR-10"
    print("CIFAR-10 cannot be downloaded here: training on scikit-learn's handwritten digits.")
    return digits()


def digits():
    """Give scikit-learn's 1,797 digits, enlarged from 8×8 to 32×32 and made three colours."""
    from sklearn.datasets import load_digits

    whole = load_digits()
    grey = (whole.images / 16 * 255).astype(np.uint8)
    large = grey.repeat(4, axis=1).repeat(4, axis=2)
    return np.stack([large] * 3, axis=-1), whole.target, "handwritten digits"


def answers(url, within_s=5):
    """Tell whether there is a server behind this address; never takes longer than that."""
    found = []

    def ask():
        try:
            request = urllib.request.Request(url, method="HEAD")
            with urllib.request.urlopen(request, timeout=within_s):
                found.append(True)
        except OSError:
            pass

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(within_s)
    return bool(found)


def load(folder):
    """Read what ``save`` wrote."""
    kept = np.load(Path(folder) / "pictures.npz")
    return kept["pictures"], kept["classes"], str(kept["what"])


def save(folder):
    """Write the pictures into a folder."""
    pictures, classes, what = fetch()
    Path(folder).mkdir(parents=True, exist_ok=True)
    path = Path(folder) / "pictures.npz"
    np.savez_compressed(path, pictures=pictures, classes=classes, what=what)
    print(f"{len(classes)} pictures ({what}) in {path}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", default="data", help="folder to write to")
    save(parser.parse_args().to)
