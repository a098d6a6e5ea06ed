"""What ONNX Runtime, safetensors, NumPy and plain text make of exported networks.

python evaluate.py FOLDER: for every NAME.points in the folder (binary64, a row of inputs after another), each of NAME.onnx,
NAME.safetensors, NAME.npz and NAME.csv that is there is read by its consumer and evaluated at the points; the values go to
NAME.onnx.values and so on, as binary64.
"""
import csv
import json
import math
import pathlib
import sys

import numpy as np

FORMULAS = {
    "heaviside": lambda z: np.where(z >= 0, 1.0, 0.0),
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "clipped-logistic": lambda z: np.where(z < -6, 0.0, np.where(z > 6, 1.0, 1 / (1 + np.exp(-z)))),
    "tanh": np.tanh,
    "gompertz": lambda z: np.exp(-np.exp(-z)),
    "ogee": lambda z: (1 + np.where(z < 0, -1, 1) * np.sqrt(np.minimum(abs(z), 1) * (2 - np.minimum(abs(z), 1)))) / 2,
    "smoothstep": lambda z: (lambda t: t * t * (3 - 2 * t))(np.clip(z / 2 + 0.5, 0, 1)),
    "ramp": lambda z: np.clip(z / 2 + 0.5, 0, 1),
    "erf": lambda z: (1 + np.vectorize(math.erf)(z)) / 2,
    "arctan": lambda z: 0.5 + np.arctan(z) / np.pi,
    "identity": lambda z: z,
}


def evaluate(layers, points):
    """layers: (activation, slots read, rows, [(row, column, value)], biases); sums in binary64."""
    slots = [points[:, k] for k in range(points.shape[1])]
    for activation, inputs, rows, cols, values, bias in layers:
        sums = [np.full(len(points), b, dtype=np.float64) for b in bias]
        for row, col, value in zip(rows, cols, values):
            sums[row] = sums[row] + float(value) * slots[inputs[col]]
        with np.errstate(over="ignore"):
            slots += [FORMULAS[activation](z) for z in sums]
    return slots[-1]


def of_arrays(arrays, activations):
    for k, activation in enumerate(activations.split(",")):
        get = lambda what: arrays[f"layer{k}.{what}"]
        yield activation, get("inputs"), get("row"), get("col"), get("value"), get("bias")


def of_csv(path):
    lines = path.read_text().splitlines()
    facts = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    table = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    for k, activation in enumerate(facts["activations"].split(",")):
        mine = [line for line in table if line["layer"] == str(k)]
        weights = [line for line in mine if line["slot"]]
        inputs = sorted({int(line["slot"]) for line in weights})
        yield (activation, inputs, [int(line["row"]) for line in weights],
               [inputs.index(int(line["slot"])) for line in weights], [float(line["value"]) for line in weights],
               [float(line["value"]) for line in mine if not line["slot"]])


def onnx_values(path, points):
    import onnx
    import onnxruntime
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    facts = {prop.key: prop.value for prop in model.metadata_props}
    assert facts["digest"].startswith("sha256:") and float(facts["bound"]) >= 0, facts
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    kind = {"tensor(float)": np.float32, "tensor(double)": np.float64}[session.get_inputs()[0].type]
    return session.run(["y"], {"x": points.astype(kind)})[0][:, 0]


def values(path, points):
    if path.suffix == ".onnx":
        return onnx_values(path, points)
    if path.suffix == ".safetensors":
        from safetensors import safe_open
        with safe_open(path, "np") as file:
            facts = file.metadata()
            return evaluate(of_arrays({key: file.get_tensor(key) for key in file.keys()}, facts["activations"]), points)
    if path.suffix == ".npz":
        arrays = np.load(path)
        facts = json.loads(arrays["metadata"].tobytes())
        return evaluate(of_arrays(arrays, facts["activations"]), points)
    return evaluate(of_csv(path), points)


for points_file in sorted(pathlib.Path(sys.argv[1]).glob("*.points")):
    for suffix in (".onnx", ".safetensors", ".npz", ".csv"):
        path = points_file.with_suffix(suffix)
        if path.exists():
            inputs = int(points_file.with_suffix(".inputs").read_text())
            points = np.fromfile(points_file, "<f8").reshape(-1, inputs)
            np.asarray(values(path, points), "<f8").tofile(f"{path}.values")
