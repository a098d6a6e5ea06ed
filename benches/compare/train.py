"""Trains a network of one hidden logistic layer for the article's target, beside one that is constructed with as many neurons.

python train.py BUMPNET: prints the constructed network's proved error, and the trained ones' largest errors at sampled points:
those are no bounds. Training: mean squares at 500 equal points, Adam with a rate that falls to 0, then L-BFGS, in binary64,
from PyTorch's own start, several seeds. It takes a minute.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

NEURONS = 48
SEEDS = 3
POINTS, SAMPLES = 500, 100_001
ADAM, LBFGS = 5_000, 2_000
SPEC = f"""version: 1
name: train
target: 0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)
domain: {{x: [0, 1]}}
networks:
  smooth: {{method: smooth, resolution: {NEURONS}}}
"""


def target(x):
    return 0.2 + 0.4 * x**2 + 0.3 * x * torch.sin(15 * x) + 0.05 * torch.cos(50 * x)


def constructed():
    """Neurons and proved error of the constructed network."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "train.yaml").write_text(SPEC)
        command = [sys.argv[1], "compile", f"{folder}/train.yaml", "--out", f"{folder}/out", "--format", "json"]
        line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return line["neurons"], line["upper"]


def trained(seed, neurons):
    """The largest error that a trained network is found to have."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(1, neurons), torch.nn.Sigmoid(), torch.nn.Linear(neurons, 1))
    # Inputs from -1 to 1, as one would scale them.
    x = torch.linspace(0, 1, POINTS)[:, None]
    y = target(x)
    loss = lambda: torch.mean((model(2 * x - 1) - y) ** 2)
    adam = torch.optim.Adam(model.parameters(), lr=1e-2)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, ADAM)
    for _ in range(ADAM):
        adam.zero_grad()
        loss().backward()
        adam.step()
        falling.step()
    lbfgs = torch.optim.LBFGS(
        model.parameters(), max_iter=LBFGS, history_size=50, line_search_fn="strong_wolfe",
        tolerance_grad=1e-14, tolerance_change=1e-16,
    )

    def closure():
        lbfgs.zero_grad()
        value = loss()
        value.backward()
        return value

    lbfgs.step(closure)
    with torch.inference_mode():
        at = torch.linspace(0, 1, SAMPLES)[:, None]
        return torch.max(torch.abs(model(2 * at - 1) - target(at))).item()


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    neurons, upper = constructed()
    print(f"torch {torch.__version__}")
    print(f"constructed, {neurons} neurons: {upper:.3e}, proved")
    errors = [trained(seed, neurons) for seed in range(1, SEEDS + 1)]
    listed = ", ".join(f"{error:.3e}" for error in errors)
    print(f"trained, {neurons} neurons, seeds 1 to {SEEDS}: {listed}; the best {min(errors):.3e}, sampled at {SAMPLES} points")


main()
