#!/usr/bin/env bash
# One would guess that a float64 `Sigmoid` is good to some units in the last place of its value everywhere, as exp is: for
# very negative arguments it is nearly exp(x), and no number near 1 has to be subtracted to get it.
#
# ONNX Runtime's is good to about 1e-16 absolutely: at -20 it has 7 right digits, at -30 three, at -36 one, and from -37 on it
# is 0, where the function is 8.5e-17 and exp(-37) in the same runtime is right to all digits.
#
# Why it matters: networks that use the tail of a sigmoid as an exponential, and everything that takes a logarithm of a small
# probability or multiplies one by a large weight, are off by as many digits, in the precision one chooses to be safe.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.20.1 onnx==1.17.0 numpy==2.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import math
import numpy as np, onnx, onnxruntime
from onnx import TensorProto, helper

print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__, "opset 17, CPUExecutionProvider, float64")

def run(operator, x):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None])
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "g", [value("x")], [value("y")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]

x = np.array([-1.0, -10, -20, -30, -36, -37, -40, -100])
sigmoid, exponential = run("Sigmoid", x), run("Exp", x)
worst = 0.0
for at, value, power in zip(x, sigmoid, exponential):
    exact = math.exp(at) / (1 + math.exp(at))
    off, off_exp = abs(value - exact) / exact, abs(power - math.exp(at)) / math.exp(at)
    print(f"x = {at:6}: Sigmoid {value:.17g}, exactly {exact:.17g}, relative error {off:.1e}; that of Exp {off_exp:.1e}")
    worst = max(worst, off)
    assert off_exp < 1e-15, "Exp has changed"
assert worst == 1.0, "it has changed"
PYTHON
