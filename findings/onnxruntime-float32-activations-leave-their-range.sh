#!/usr/bin/env bash
# One would guess that ONNX Runtime's `Tanh` stays within [-1, 1] and its `Sigmoid` within [0, 1], and that both increase:
# that is what the functions are, and what everyone who reasons about a network's layers relies on.
#
# In float32 on the CPU they do neither. Both are rational approximations. `Tanh` reaches 1.0000002 and -1.0000002, `Sigmoid`
# 1.0000001; Sigmoid(-17) is larger than Sigmoid(-16), and between -20 and 20 each falls tens of thousands of times from one
# of 400,001 points to the next, by up to 4.2e-7.
#
# Why it matters: bounds of a layer that are taken from the activation's limits are wrong by a rounding, `log(1 - p)` and
# `atanh` of an output can be no number, and a table that is monotone by construction is not monotone where it runs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.20.1 onnx==1.17.0 numpy==2.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper

print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__, "opset 17, CPUExecutionProvider, float32")

def run(operator, x):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [None])
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "g", [value("x")], [value("y")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]

x = np.linspace(-20, 20, 400001).astype(np.float32)
out_of_range = falls = 0
for operator, low, high in [("Sigmoid", 0, 1), ("Tanh", -1, 1)]:
    y = run(operator, x)
    down = int((np.diff(y) < 0).sum())
    print(f"{operator}: from {y.min():.8g} to {y.max():.8g}, falls {down} times, most by {-np.diff(y).min():.3g}")
    out_of_range += int((y < low).sum() + (y > high).sum())
    falls += down
few = run("Sigmoid", np.array([-16, -17, -18], dtype=np.float32))
print("Sigmoid at -16, -17, -18:", few, "and exactly 1.1e-07 4.1e-08 1.5e-08")
assert out_of_range > 0 and falls > 1000, "it has changed"
PYTHON
