"""Reads VNN-LIB queries and looks for answers that must not exist.

python queries.py FOLDER: NAME.cells.vnnlib, in the syntax of version 1.0, is read as s-expressions, and NAME.onnx evaluated at
random points of each cell: none may satisfy its query. NAME.pair.vnnlib is parsed by the `vnnlib` package (version 2.0), and
NAME.onnx and NAME.target.onnx compared at points of the domain.
"""
import pathlib
import re
import sys

import numpy as np
import onnxruntime
import vnnlib


def parse(text):
    """S-expressions as nested lists."""
    text = re.sub(";.*", "", text)
    assert not re.search(r"\d[eE][-+]?\d", text), "a number with an exponent"
    stack = [[]]
    for token in re.findall(r"[()]|[^\s()]+", text):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    assert len(stack) == 1, "unbalanced parentheses"
    return stack[0]


def session(path):
    run = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    kind = {"tensor(float)": np.float32, "tensor(double)": np.float64}[run.get_inputs()[0].type]
    return lambda x: run.run(["y"], {"x": x.astype(kind)})[0][:, 0].astype(np.float64), kind


def cells(path, network, kind, random):
    commands = parse(path.read_text())
    constants = [c[1] for c in commands if c[0] == "declare-const"]
    assert constants[-1] == "Y_0" and all(c[2] == "Real" for c in commands if c[0] == "declare-const")
    (asserted,) = [c[1] for c in commands if c[0] == "assert"]
    assert asserted[0] == "or" and len(asserted) > 2
    points, claims = [], []
    for case in asserted[1:]:
        assert case[0] == "and"
        lows = {c[1]: float(c[2]) for c in case[1:] if c[0] == ">="}
        highs = {c[1]: float(c[2]) for c in case[1:] if c[0] == "<="}
        inputs = constants[:-1]
        x = np.array([[random.uniform(lows[i], highs[i]) for i in inputs] for _ in range(20)]
                     + [[lows[i] for i in inputs], [highs[i] for i in inputs]]).astype(kind)
        points.append(x)
        claims += [(lows.get("Y_0", np.inf), highs.get("Y_0", -np.inf))] * len(x)
    y = network(np.concatenate(points))
    above, below = np.array(claims).T
    assert not np.any((y >= above) | (y <= below)), f"{path}: an answer where none may be"
    everywhere = np.concatenate(points)
    return len(asserted) - 1, everywhere.min(axis=0), everywhere.max(axis=0)


def pair(path, network, target, low, high):
    query = vnnlib.parse_query_file(str(path))
    assert [n.name for n in query.networks] == ["network", "target"]
    bound = float(re.search(r"\(\+ V\[0, 0\] ([0-9.]+)\)", path.read_text()).group(1))
    x = np.linspace(low, high, 5001) if len(low) == 1 else random.uniform(low, high, (5000, len(low)))
    return np.nanmax(np.abs(network(x) - target(x))), bound


random = np.random.default_rng(1)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.cells.vnnlib")):
    name = path.name.removesuffix(".cells.vnnlib")
    network, kind = session(path.with_name(f"{name}.onnx"))
    count, low, high = cells(path, network, kind, random)
    line = f"{name:<40} vnnlib       {count} queries without an answer"
    other = path.with_name(f"{name}.pair.vnnlib")
    if other.exists():
        target, _ = session(path.with_name(f"{name}.target.onnx"))
        off, bound = pair(other, network, target, low, high)
        line += f"; 2.0: largest |network - target| {off:.3e}, bound {bound:.3e}"
        # The target's own graph rounds, too.
        slack = 1e-3 if kind == np.float32 else 1e-9
        assert off <= bound + slack * max(1, abs(off)), line
    print(line)
