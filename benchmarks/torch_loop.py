"""The reference of bench_training: the same networks in PyTorch, trained as tutorials do.

D on real faces, D on detached generated ones, then G through D; float32. This file runs in an
environment of its own (see bench_training) and prints one JSON line per request on stdin.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import torch
from torch import nn

LATENT, WIDTH, SIDE, BATCH = 100, 64, 64, 64


def build_generator() -> nn.Module:
    widths = [8 * WIDTH, 4 * WIDTH, 2 * WIDTH, WIDTH]
    blocks: list[nn.Module] = []
    for step, width in enumerate(widths):
        before, stride, padding = (LATENT, 1, 0) if step == 0 else (widths[step - 1], 2, 1)
        blocks += [nn.ConvTranspose2d(before, width, 4, stride, padding, bias=False)]
        blocks += [nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
    return nn.Sequential(*blocks, nn.ConvTranspose2d(WIDTH, 3, 4, 2, 1, bias=False), nn.Tanh())


def build_discriminator() -> nn.Module:
    blocks: list[nn.Module] = []
    before = 3
    for width in (WIDTH, 2 * WIDTH, 4 * WIDTH, 8 * WIDTH):
        blocks += [nn.Conv2d(before, width, 4, 2, 1, bias=False)]
        blocks += [nn.BatchNorm2d(width)] if before > 3 else []
        blocks += [nn.LeakyReLU(0.2, inplace=True)]
        before = width
    return nn.Sequential(*blocks, nn.Conv2d(before, 1, 4, bias=False), nn.Flatten(0))


class Loop:
    """Both networks with their optimizers, and one step of training."""

    def __init__(self) -> None:
        self.generator, self.discriminator = build_generator(), build_discriminator()
        adam = {"lr": 0.0003, "betas": (0.5, 0.999)}
        self.generator_optimizer = torch.optim.Adam(self.generator.parameters(), **adam)
        self.discriminator_optimizer = torch.optim.Adam(self.discriminator.parameters(), **adam)
        self.cross_entropy = nn.BCEWithLogitsLoss()
        self.real, self.fake = torch.ones(BATCH), torch.zeros(BATCH)

    def step(self, faces: torch.Tensor) -> float:
        self.discriminator.zero_grad()
        self.cross_entropy(self.discriminator(faces), self.real).backward()
        fakes = self.generator(torch.rand(BATCH, LATENT, 1, 1) * 2 - 1)
        self.cross_entropy(self.discriminator(fakes.detach()), self.fake).backward()
        self.discriminator_optimizer.step()
        self.generator.zero_grad()
        g_loss = self.cross_entropy(self.discriminator(fakes), self.real)
        g_loss.backward()
        self.generator_optimizer.step()
        return g_loss.item()


def main() -> None:
    loop = Loop()
    faces = torch.rand(BATCH, 3, SIDE, SIDE) * 2 - 1
    parameters = sum(p.numel() for p in loop.generator.parameters())
    loop.step(faces)
    print(json.dumps({"torch": torch.__version__, "parameters": parameters}), flush=True)
    for line in sys.stdin:
        steps = int(line)
        start = time.perf_counter()
        for _ in range(steps):
            loop.step(faces)
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"images_per_second": steps * BATCH / seconds, "mb": memory}), flush=True)


if __name__ == "__main__":
    main()
