"""A small convolutional network: a picture of 3×32×32 in, ten classes out."""

from torch import nn


class Net(nn.Module):
    """Two steps of seeing ever larger shapes, and two of deciding."""

    def __init__(self):
        super().__init__()
        self.see = nn.Sequential(
            nn.Conv2d(3, 8, kernel_size=5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, kernel_size=5),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.decide = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * 5 * 5, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )

    def forward(self, pictures):
        """Give ten scores for each picture."""
        return self.decide(self.see(pictures))
