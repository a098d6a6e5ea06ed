#!/usr/bin/env python3
"""Writes the `.itl` files of this folder from the crate `inari`, which ships the test vectors of ITF1788 as Rust.

    cargo add --dev inari@2.0.0 --no-default-features   # in any project; then `cargo fetch`
    python3 convert.py ~/.cargo/registry/src/*/inari-2.0.0/tests/itf1788_tests

Only files under licences without copyleft are taken: those of libieeep1788 (Apache License 2.0) and `atan2` (an
all-permissive notice). The files from C-XSC, FI_LIB and MPFI are under the LGPL and stay where they are. Operations that
`inari` names otherwise get the names of IEEE 1788-2015 again; numbers stay as they are, the shortest decimals of a binary64.
"""

import re
import sys
from pathlib import Path

FILES = ["libieeep1788_elem", "libieeep1788_set", "libieeep1788_num", "atan2"]
NAMES = {
    "ln": "log",
    "round_ties_even": "roundTiesToEven",
    "round_ties_to_even": "roundTiesToEven",
    "round": "roundTiesToAway",
    "round_ties_to_away": "roundTiesToAway",
    "convex_hull": "convexHull",
    "mul_add": "fma",
    "powi": "pown",
}
CHANGED = """/*
 * Changed for bumpnet: written by `convert.py` from the Rust that inari 2.0.0 (crates.io, MIT for the crate) made of the
 * ITL file of the same name of ITF1788. See LICENSE and NOTICE beside this file.
 */
"""


def number(value):
    if isinstance(value, int):
        return str(value)
    if value != value:
        return "NaN"
    return {float("inf"): "infinity", float("-inf"): "-infinity"}.get(value, repr(value))


class Expression:
    """What a call or an operator makes of its arguments, or an interval as it is written."""

    def __init__(self, text):
        self.text = text

    def call(self, name, *arguments):
        texts = [a.text if isinstance(a, Expression) else number(a) for a in arguments]
        return Expression(" ".join([NAMES.get(name, name), self.text, *texts]))

    def __getattr__(self, name):
        return lambda *arguments: self.call(name, *arguments)

    def __neg__(self):
        return self.call("neg")

    def __add__(self, other):
        return self.call("add", other)

    def __sub__(self, other):
        return self.call("sub", other)

    def __mul__(self, other):
        return self.call("mul", other)

    def __truediv__(self, other):
        return self.call("div", other)


class Bare:
    EMPTY, ENTIRE = Expression("[empty]"), Expression("[entire]")


class Decorated:
    EMPTY, ENTIRE, NAI = Expression("[empty]_trv"), Expression("[entire]_dac"), Expression("[nai]")


class Decoration:
    Com, Dac, Def, Trv = "com", "dac", "def", "trv"


def interval(lo, hi):
    return Expression(f"[{number(lo)},{number(hi)}]")


def decorated(lo, hi, decoration):
    return Expression(f"[{number(lo)},{number(hi)}]_{decoration}")


SCOPE = {
    "I": Bare,
    "DI": Decorated,
    "D": Decoration,
    "n2i": interval,
    "nd2di": decorated,
    "INFINITY": float("inf"),
    "NEG_INFINITY": float("-inf"),
    "NAN": float("nan"),
}


def convert(text):
    """The cases of one file, function by function."""
    head = re.match(r"/\*.*?\*/\n", text, re.S).group(0)
    lines = [CHANGED + head]
    for name, body in re.findall(r"^fn (\w+)\(\) \{\n(.*?)^\}", text, re.S | re.M):
        lines.append(f"testcase {name} {{")
        for statement in re.findall(r"^    assert_eq2!\((.*?)\);$", body, re.S | re.M):
            statement = re.sub(r"//.*", "", statement).replace("f64::", "").replace("::", ".")
            actual, expected = eval("(" + " ".join(statement.split()) + ")", SCOPE)
            expected = expected.text if isinstance(expected, Expression) else number(expected)
            lines.append(f"    {actual.text} = {expected};")
        lines.append("}\n")
    return "\n".join(lines)


if __name__ == "__main__":
    source, here = Path(sys.argv[1]), Path(__file__).parent
    for name in FILES:
        (here / f"{name}.itl").write_text(convert((source / f"{name}.rs").read_text()))
