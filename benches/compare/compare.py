"""Times network runtimes beside `bumpnet time` on one weight table, one thread, the same kind of random points.

All values are asserted before anything is timed. The contenders take turns; the quickest turn of each counts.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numba
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

try:
    import torch
except ImportError:
    torch = None

BUMPS = 1000
POINTS = 1_000_000
# A hidden layer of 1,000 takes 8 kB a point, so runtimes of matrices get fewer points, in batches.
FEW, BATCH = 16_384, 1024
ROUNDS = 7
# Steps that are saturated half a cell away, so that one is in reach of each point; and steps that overlap.
SPEC = f"""version: 1
name: compare
target: 0.2+0.4*x^2+0.3*x*sin(15*x)+0.05*cos(50*x)
domain: {{x: [0, 1]}}
networks:
  steep: {{method: bumps, activation: logistic, steepness: {80 * BUMPS}, resolution: {BUMPS}}}
  overlapping: {{method: bumps, activation: logistic, resolution: {BUMPS}}}
"""
NETWORKS = ("steep", "overlapping")
# Several inputs: exported by bumpnet itself, in both precisions where it has both.
SEVERAL = """version: 1
name: several-{name}
target: {target}
domain: {{{domain}}}
networks: {{n: {{method: {method}, max_error: {error}}}}}
"""
FRANKE = (
    "0.75*exp(-((9*x-2)^2+(9*y-2)^2)/4)+0.75*exp(-(9*x+1)^2/49-(9*y+1)/10)"
    "+0.5*exp(-((9*x-7)^2+(9*y-3)^2)/4)-0.2*exp(-(9*x-4)^2-(9*y-7)^2)"
)
TRIG = "sin(3*x)*cos(2*y)+0.3*x*y"
CHAIN = "+".join(f"sin(x{k}*x{k + 1})" for k in range(1, 10))
# Name, target, inputs, the domain of each, method, error.
CASES = (
    ("franke", FRANKE, ("x", "y"), (0, 1), "composed", "1e-8"),
    ("franke", FRANKE, ("x", "y"), (0, 1), "composed, gates: bumps", "1e-4"),
    ("franke", FRANKE, ("x", "y"), (0, 1), "low-rank", "1e-3"),
    ("trig", TRIG, ("x", "y"), (-1, 1), "composed", "1e-6"),
    ("trig", TRIG, ("x", "y"), (-1, 1), "ridge", "1e-8"),
    ("chain10", CHAIN, tuple(f"x{k}" for k in range(1, 11)), (-1, 1), "composed", "1e-6"),
)
# Beyond this argument the logistic function is its limit, up to 1e-17.
SATURATED = 40


def bumpnet(*arguments):
    return subprocess.run([sys.argv[1], *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def column(value, count):
    """A column of a table: a list, or one number for all."""
    return np.full(count, value, dtype=float) if np.isscalar(value) else np.array(value, dtype=float)


def weights(table):
    """w, b, alpha and c0 of `c0 + sum alpha s(w x + b)`, steps from left to right."""
    hidden, output = table["layers"]
    assert hidden["activation"] == "logistic" and output["activation"] == "identity"
    n = hidden["rows"]
    w, alpha = (column(layer["weights"]["value"], n) for layer in (hidden, output))
    b, c0 = column(hidden["bias"], n), column(output["bias"], 1)[0]
    assert np.all(w > 0) and np.all(np.diff(-b / w) > 0)
    return w, b, alpha, c0


def sigmoid(z):
    return np.exp(-np.logaddexp(0.0, -z))


def runtime(w, b, alpha, c0, dtype):
    """ONNX Runtime on two Gemm and a Sigmoid."""
    constants = {"w": w[None, :], "b": b, "alpha": alpha[:, None], "c0": np.array([c0])}
    kind = TensorProto.DOUBLE if dtype == np.float64 else TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["x", "w", "b"], ["z"]),
            helper.make_node("Sigmoid", ["z"], ["s"]),
            helper.make_node("Gemm", ["s", "alpha", "c0"], ["y"]),
        ],
        "bumps",
        [helper.make_tensor_value_info("x", kind, [None, 1])],
        [helper.make_tensor_value_info("y", kind, [None, 1])],
        [numpy_helper.from_array(value.astype(dtype), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 10
    onnx.checker.check_model(model)
    session = one_thread(model.SerializeToString())
    return batches(lambda x: session.run(None, {"x": x})[0], dtype)


def one_thread(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def exported(table, precision):
    """ONNX Runtime on what bumpnet exports; None where it exports nothing in that precision."""
    path = table.with_suffix(f".{precision}.onnx")
    try:
        bumpnet("export", table, "--format", "onnx", "--precision", precision, "--output", path)
    except subprocess.CalledProcessError as error:
        print(f"no onnxruntime {precision}: {error.stderr.splitlines()[0]}")
        return None
    session = one_thread(path.read_bytes())
    dtype = {"f64": np.float64, "f32": np.float32}[precision]

    def fill(points):
        points = points.astype(dtype)
        parts = [session.run(["y"], {"x": points[k : k + BATCH]})[0][:, 0] for k in range(0, len(points), BATCH)]
        return np.concatenate(parts)

    stated = session.get_modelmeta().custom_metadata_map["bound_evaluated"]
    fill.stated = None if stated.startswith("none") else float(stated)
    return fill


def pytorch(w, b, alpha, c0, dtype):
    torch.set_num_threads(1)
    w, b, alpha = (torch.from_numpy(value.astype(dtype)) for value in (w[None, :], b, alpha[:, None]))
    with torch.inference_mode():
        return batches(lambda x: (torch.sigmoid(torch.from_numpy(x) @ w + b) @ alpha + c0).numpy(), dtype)


def batches(run, dtype):
    def fill(x):
        x = x.astype(dtype)[:, None]
        return np.concatenate([run(x[k : k + BATCH])[:, 0] for k in range(0, len(x), BATCH)])

    return fill


@numba.njit
def in_reach(x, y, w, b, alpha, base, steps, reach):
    """Only the steps that are near a point; those before them are summed beforehand."""
    for i in range(len(x)):
        nearest = min(max(int(x[i] * (steps + 1) - 0.5), 0), steps - 1)
        first, last = max(nearest - reach, 0), min(nearest + reach, steps - 1)
        sum = base[first]
        for k in range(first, last + 1):
            sum += alpha[k] / (1.0 + np.exp(-(w[k] * x[i] + b[k])))
        y[i] = sum


def contenders(w, b, alpha, c0, x):
    """Name: the function, its points, and how far its values may be from the exact sum."""
    base = c0 + np.concatenate([[0.0], np.cumsum(alpha)[:-1]])
    y = np.empty_like(x)
    # Steps are one cell apart; the nearest one is at most half a cell away.
    reach = int(np.ceil(SATURATED * (len(w) + 1) / w.min() - 0.5))

    def kernel(points):
        out = y[: len(points)]
        in_reach(points, out, w, b, alpha, base, len(w), reach)
        return out

    # A table of as many knots, as a user of NumPy would make it of the same values: it cuts the corners of the steps.
    knots = (np.arange(BUMPS) + 0.5) / BUMPS
    heights = np.append(base, base[-1] + alpha[-1])
    few = x[:FEW]
    result = {
        "numpy interp": (lambda p: np.interp(p, knots, heights), x, np.abs(alpha).max()),
        "numba": (kernel, x, 1e-12),
        "onnxruntime f64": (runtime(w, b, alpha, c0, np.float64), few, 1e-12),
        "onnxruntime f32": (runtime(w, b, alpha, c0, np.float32), few, 1e-4),
    }
    if torch is not None:
        result["pytorch f64"] = (pytorch(w, b, alpha, c0, np.float64), few, 1e-12)
        result["pytorch f32"] = (pytorch(w, b, alpha, c0, np.float32), few, 1e-4)
    return result


def compare(path, name):
    """Lets the contenders take turns on one network, and prints what came of it."""
    w, b, alpha, c0 = weights(json.loads(path.read_text()))
    # Numbers of binary32, so that both precisions are asked for the same points.
    x = np.random.default_rng(1).random(POINTS, dtype=np.float32).astype(float)
    all_contenders = contenders(w, b, alpha, c0, x)

    sample = x[:4096]
    exact = sigmoid(sample[:, None] * w + b) @ alpha + c0
    for contender, (fill, _, allowed) in all_contenders.items():
        off = np.abs(fill(sample) - exact).max()
        assert off <= allowed, f"{contender} is off by {off}, more than {allowed}"
    np.save(path.with_name("x.npy"), sample)
    bumpnet("eval", path, "--input", path.with_name("x.npy"), "--output", path.with_name("y.npy"))
    values = np.load(path.with_name("y.npy"))
    values = values[:, -1] if values.ndim == 2 else values
    assert np.abs(values - exact).max() <= 1e-12, "bumpnet eval"

    best = {}

    def keep(contender, rate):
        best[contender] = max(best.get(contender, 0.0), rate)

    for _ in range(ROUNDS):
        for contender, rate in json.loads(bumpnet("time", path, "--points", POINTS, "--format", "json")).items():
            if contender in ("plan", "direct", "copy", "lookup", "native"):
                keep(f"bumpnet {contender}", rate)
        for contender, (fill, points, _) in all_contenders.items():
            start = time.perf_counter()
            fill(points)
            keep(contender, len(points) / (time.perf_counter() - start))

    plan = best["bumpnet plan"]
    print(f"{BUMPS} {name} logistic bumps, {len(w)} neurons, random points, one thread, the quickest of {ROUNDS} rounds")
    print(f"{'':18}{'points/s':>10}  the plan is")
    for contender, rate in sorted(best.items(), key=lambda item: -item[1]):
        print(f"{contender:18}{rate:10.3e}  {plan / rate:.4g}x")


def compare_several(folder, case):
    """The same on a network of several inputs, as bumpnet exports it."""
    name, target, inputs, (lo, hi), method, error = case
    spec = folder / f"several-{name}.yaml"
    domain = ", ".join(f"{x}: [{lo}, {hi}]" for x in inputs)
    spec.write_text(SEVERAL.format(name=name, target=target, domain=domain, method=method, error=error))
    bumpnet("compile", spec, "--out", folder / "out")
    path = folder / f"out/several-{name}/n.json"
    table = json.loads(path.read_text())
    points = lo + (hi - lo) * np.random.default_rng(1).random((FEW, len(inputs)), dtype=np.float32).astype(float)
    np.save(path.with_name("x.npy"), points)
    bumpnet("eval", path, "--input", path.with_name("x.npy"), "--output", path.with_name("y.npy"))
    values = np.load(path.with_name("y.npy"))
    values = values[:, -1] if values.ndim == 2 else values
    fills = {f"onnxruntime {precision}": exported(path, precision) for precision in ("f64", "f32")}
    fills = {contender: fill for contender, fill in fills.items() if fill is not None}
    off = {contender: np.abs(fill(points) - values).max() for contender, fill in fills.items()}
    # The plan is within the network's bound of the target, a model within the one that it states: none for exponentials
    # made of tails of the logistic function, which ONNX Runtime does not know to their last digits.
    for contender, distance in off.items():
        stated = fills[contender].stated
        assert stated is None or distance <= stated + table["certificate"]["evaluated"], (contender, distance, stated)

    best = {}
    for _ in range(ROUNDS):
        times = json.loads(bumpnet("time", path, "--points", POINTS // len(inputs), "--format", "json"))
        rates = {f"bumpnet {key}": times[key] for key in ("plan", "direct", "copy", "lookup", "native")}
        for contender, fill in fills.items():
            start = time.perf_counter()
            fill(points)
            rates[contender] = FEW / (time.perf_counter() - start)
        best = {contender: max(rate, best.get(contender, 0.0)) for contender, rate in rates.items()}

    plan = best["bumpnet plan"]
    print(f"{name}, {method} to {error}, {len(inputs)} inputs; `native` is the {times['native_is']}")
    print(f"{'':18}{'points/s':>10}  the plan is  off from the plan")
    for contender, rate in sorted(best.items(), key=lambda item: -item[1]):
        print(f"{contender:18}{rate:10.3e}  {f'{plan / rate:.4g}x':11}  {f'{off[contender]:.1e}' if contender in off else ''}".rstrip())


def main():
    versions = {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__, "numba": numba.__version__}
    versions |= {"torch": torch.__version__} if torch is not None else {}
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "compare.yaml").write_text(SPEC)
        bumpnet("compile", folder / "compare.yaml", "--out", folder / "out")
        for name in NETWORKS:
            compare(folder / f"out/compare/{name}.json", name)
        for case in CASES:
            compare_several(folder, case)


main()
