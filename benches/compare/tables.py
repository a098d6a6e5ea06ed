"""Times bumpnet's plans beside other tables of functions, each held to the error that it claims, on one thread.

All see the same random points of the domain in the same batches and take turns; the quickest turn of each counts. A table
of another library is made of the target itself, to the error that bumpnet's network is proved to; what it is off at the
points is sampled, of bumpnet proved: network and plan together.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy
import treeweave
from scipy.interpolate import RegularGridInterpolator, make_interp_spline
from scipy.special import erf

try:
    import baobzi
except ImportError:
    baobzi = None

POINTS = 1_000_000
ROUNDS = 7
# Knots along an input at most, and points at which a grid's error is sampled.
KNOTS, SAMPLED = 1 << 11, 20_000


def article(x):
    return 0.2 + 0.4 * x**2 + 0.3 * x * np.sin(15 * x) + 0.05 * np.cos(50 * x)


def franke(x, y):
    x, y = 9 * x, 9 * y
    return (
        0.75 * np.exp(-((x - 2) ** 2 + (y - 2) ** 2) / 4)
        + 0.75 * np.exp(-((x + 1) ** 2) / 49 - (y + 1) / 10)
        + 0.5 * np.exp(-((x - 7) ** 2 + (y - 3) ** 2) / 4)
        - 0.2 * np.exp(-((x - 4) ** 2) - (y - 7) ** 2)
    )


def trig(x, y):
    return np.sin(3 * x) * np.cos(2 * y) + 0.3 * x * y


def option(s, v):
    d1 = (np.log(s) + 0.02 + v**2 / 2) / v
    normal = lambda x: 0.5 * (1 + erf(x / np.sqrt(2)))
    return s * normal(d1) - np.exp(-0.02) * normal(d1 - v)


def runge(x, y, z):
    return 1 / (1 + x**2 + y**2 + z**2)


ARTICLE = "0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)"
FRANKE = (
    "0.75*exp(-((9*x-2)^2+(9*y-2)^2)/4)+0.75*exp(-(9*x+1)^2/49-(9*y+1)/10)"
    "+0.5*exp(-((9*x-7)^2+(9*y-3)^2)/4)-0.2*exp(-(9*x-4)^2-(9*y-7)^2)"
)
D1 = "(ln(s)+0.02+v^2/2)/v"
OPTION = f"s*0.5*(1+erf({D1}/sqrt(2)))-exp(-0.02)*0.5*(1+erf(({D1}-v)/sqrt(2)))"
UNIT, AROUND = (0, 1), (-1, 1)
# Name, target, the same in Python, domain, method, error.
CASES = (
    ("article", ARTICLE, article, {"x": UNIT}, "smooth", 1e-6),
    ("article", ARTICLE, article, {"x": UNIT}, "smooth", 1e-12),
    ("franke", FRANKE, franke, {"x": UNIT, "y": UNIT}, "composed", 1e-8),
    ("franke", FRANKE, franke, {"x": UNIT, "y": UNIT}, "low-rank, gate: {max_error: 1e-8}", 1e-8),
    ("trig", "sin(3*x)*cos(2*y)+0.3*x*y", trig, {"x": AROUND, "y": AROUND}, "composed", 1e-6),
    ("option", OPTION, option, {"s": (0.5, 1.5), "v": (0.2, 0.6)}, "composed, gate: {max_error: 1e-4}", 1e-4),
    (
        "runge3",
        "1/(1+x^2+y^2+z^2)",
        runge,
        {"x": AROUND, "y": AROUND, "z": AROUND},
        "low-rank, gate: {max_error: 1e-4}",
        1e-4,
    ),
)


def bumpnet(*arguments):
    return subprocess.run([sys.argv[1], *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def others(function, domain, error):
    """Name: what fills a batch of points."""
    lo, hi = map(list, zip(*domain.values()))
    several = len(domain) > 1
    at = lambda x: float(function(*(x[k] for k in range(len(domain)))))
    fills = {}
    tree = treeweave.fit(at, lo, hi, error) if several else treeweave.fit(at, lo[0], hi[0], error)
    fills["treeweave"] = (lambda p: tree(p)) if several else (lambda p: tree(p[:, 0]))
    if baobzi is not None:
        try:
            centre, half = (np.array(hi) + lo) / 2, (np.array(hi) - lo) / 2
            made = baobzi.Baobzi(at, len(domain), 8 if several else 12, centre, half, error, 0.0)
            fills["baobzi"] = lambda p: made(p)
        except Exception as problem:
            print(f"no baobzi: {problem}")
    grid = smallest_grid(function, lo, hi, error)
    if grid is not None:
        fills["scipy grid" if several else "scipy spline"] = grid
    return fills


def smallest_grid(function, lo, hi, error):
    """SciPy's interpolation on the smallest grid of 2^k knots whose sampled error is small enough."""
    points = np.random.default_rng(2).random((SAMPLED, len(lo))) * (np.array(hi) - lo) + lo
    exact = function(*points.T)
    knots = 8
    while knots <= KNOTS and knots ** len(lo) <= 1 << 22:
        axes = [np.linspace(a, b, knots) for a, b in zip(lo, hi)]
        values = function(*np.meshgrid(*axes, indexing="ij"))
        if len(lo) == 1:
            spline = make_interp_spline(axes[0], values, k=5)
            fill = lambda p, spline=spline: spline(p[:, 0])
        else:
            fill = RegularGridInterpolator(axes, values, method="linear")
        if np.abs(fill(points) - exact).max() <= error:
            return fill
        knots *= 2
    return None


def compare(folder, case):
    """Lets the contenders take turns, and prints what came of it."""
    name, target, function, domain, method, error = case
    spec, path = folder / f"{name}.yaml", folder / f"out/{name}/n.json"
    inputs = ", ".join(f"{x}: [{lo}, {hi}]" for x, (lo, hi) in domain.items())
    spec.write_text(
        f"version: 1\nname: {name}\ntarget: {target}\ndomain: {{{inputs}}}\n"
        f"networks: {{n: {{method: {method}, max_error: {error}}}}}\n"
    )
    bumpnet("compile", spec, "--out", folder / "out")
    upper = json.loads(path.read_text())["certificate"]["upper"]
    fills = others(function, domain, error)
    lo, hi = map(np.array, zip(*domain.values()))
    points = np.random.default_rng(1).random((POINTS, len(domain))) * (hi - lo) + lo
    exact = function(*points.T)
    off = {contender: np.abs(fill(points) - exact).max() for contender, fill in fills.items()}
    best = {}
    for _ in range(ROUNDS):
        times = json.loads(bumpnet("time", path, "--points", POINTS, "--format", "json"))
        rates = {f"bumpnet {key}": times[key] for key in ("plan", "copy")} | {"native": times["native"]}
        for contender, fill in fills.items():
            start = time.perf_counter()
            fill(points)
            rates[contender] = POINTS / (time.perf_counter() - start)
        best = {contender: max(rate, best.get(contender, 0.0)) for contender, rate in rates.items()}
    plan = best["bumpnet plan"]
    print(f"{name}, {method.split(',')[0]} to {error}, proved {1.01 * upper:.2e}; `native` is the {times['native_is']}")
    print(f"{'':18}{'points/s':>10}  the plan is  off (sampled)")
    for contender, rate in sorted(best.items(), key=lambda item: -item[1]):
        sampled = f"{off[contender]:.1e}" if contender in off else ""
        print(f"{contender:18}{rate:10.3e}  {f'{plan / rate:.4g}x':11}  {sampled}".rstrip())


def main():
    print(f"treeweave 0.0.6 or later, scipy {scipy.__version__}, numpy {np.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            compare(Path(folder), case)


main()
