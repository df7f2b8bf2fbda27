"""Trains the network for two epochs and logs the mean loss. Runs as a run, or by itself."""

import argparse
from pathlib import Path

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

import data
from azureml.core import Run
from model import Net

run = Run.get_context()


def batches_of(pictures, classes, batch_size):
    """Shuffle the pictures into batches, as numbers from -1 to 1."""
    scaled = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    return DataLoader(
        TensorDataset(scaled, torch.from_numpy(classes).long()),
        batch_size=batch_size,
        shuffle=True,
    )


def train(net, batches, args):
    """Go over all batches ``args.epochs`` times, saying the mean loss every so often."""
    judge = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=args.learning_rate, momentum=args.momentum)
    for epoch in range(1, args.epochs + 1):
        total = 0.0
        for number, (pictures, classes) in enumerate(batches, start=1):
            optimizer.zero_grad()
            loss = judge(net(pictures), classes)
            loss.backward()
            optimizer.step()
            total += loss.item()
            if number % args.log_every == 0:
                mean = total / args.log_every
                print(f"epoch {epoch}, batch {number}: loss {mean:.3f}")
                run.log("loss", mean)
                total = 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-path", help="folder with pictures.npz; without it they are fetched")
    parser.add_argument("--learning-rate", type=float, default=0.003)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--log-every", type=int, default=25, help="batches")
    args = parser.parse_args()

    torch.manual_seed(1)
    pictures, classes, what = data.load(args.data_path) if args.data_path else data.fetch()
    print(f"{len(classes)} pictures: {what}")
    run.tag("data", what)

    net = Net()
    train(net, batches_of(pictures, classes, batch_size=4), args)

    Path("outputs").mkdir(exist_ok=True)
    torch.save(net.state_dict(), "outputs/model.pt")
    print("Done; the weights are in outputs/model.pt")
