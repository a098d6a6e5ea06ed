#!/usr/bin/env python3
"""Writes arguments at which elementary functions are hard to compute, with what the result is.

    pip install mpmath numpy
    MISROUNDED=1 cargo test --release -p bumpnet-interval --test fpmath_accuracy misrounded -- --nocapture > misrounded.txt
    python3 generate_hard.py ~/.cargo/registry/src/*/core-math-sys-1.4.0/vendor/src/binary64 misrounded.txt > hard.txt

The output is deterministic. Each line is a source, a name, one or two arguments, the binary64 nearest to the result, and
how far above it the exact result is, in ulps of it (from -0.5 to 0.5; an ulp is the distance to the next binary64 away from
zero, as CORE-MATH and fpmath count), to 1e-9. Arguments and results are bits, as in `reference.txt`. Sources:

    w   the hardest cases to round that are known: the arguments that CORE-MATH (MIT) lists by name in its sources, because
        there its own accurate phase fails. Those of Lefevre, Muller and others are among them
    p   for every exponent the binary64 that is nearest to a multiple of pi/2 (Kahan's and McDonald's search, with continued
        fractions): the hardest arguments to reduce
    n   near a halfway point: the nearest of 2^27 arguments, 2^16 neighbours each time, by a quadratic that is right to 2^-30
    m   where fpmath does not give the nearest number, and is furthest from the result among millions of arguments
    e   ends: subnormal numbers, the edges of overflow, neighbours of zeros, ones, poles and powers of two
"""

import random
import re
import struct
import sys
from fractions import Fraction
from pathlib import Path

import numpy
from mpmath import mp, mpf

PRECISION = 250
random.seed(1788)
MAX = sys.float_info.max
TINY = 5e-324


def to_bits(x):
    return struct.unpack(">Q", struct.pack(">d", x))[0]


def from_bits(b):
    return struct.unpack(">d", struct.pack(">Q", b))[0]


def neighbours(x, count):
    """`x` and numbers on both sides."""
    found = [x]
    for k in range(1, count + 1):
        for sign in (1, -1):
            bits = to_bits(abs(x)) + sign * k
            if bits >= 0 and from_bits(bits) <= MAX:
                found.append(from_bits(bits) if x >= 0 else -from_bits(bits))
    return found


FUNCTIONS = {
    "cbrt": lambda x: mp.sign(x) * mp.root(abs(x), 3),
    "exp": mp.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": mp.expm1,
    "ln": mp.log,
    "log1p": lambda x: mp.log1p(x),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "erf": mp.erf,
}
TWO = {
    "^": lambda x, y: mp.power(x, y),
    "hypot": lambda x, y: mp.sqrt(x * x + y * y),
    "atan2": lambda y, x: mp.atan2(y, x),
}
# The closed domain and where search near halfway points is worth while.
DOMAIN = {
    "ln": (0, MAX), "log2": (0, MAX), "log10": (0, MAX), "log1p": (-1, MAX), "asin": (-1, 1), "acos": (-1, 1),
    "atanh": (-1, 1), "acosh": (1, MAX),
}  # fmt: skip
RANGE = {
    "exp": (1e-9, 709), "exp2": (1e-9, 1023), "expm1": (1e-9, 40), "sinh": (1e-7, 700), "cosh": (1e-7, 700),
    "tanh": (1e-7, 19), "erf": (1e-7, 5.8), "asin": (1e-7, 1), "acos": (1e-7, 1), "atanh": (1e-7, 1),
    "acosh": (1.0000001, 1e15), "atan": (1e-7, 1e15), "asinh": (1e-7, 1e15), "log1p": (1e-9, 1e15),
    "sin": (1e-7, 100), "cos": (1e-7, 100), "tan": (1e-7, 100),
}  # fmt: skip
FILES = {"ln": "log"}


def precision_for(arguments):
    """Bits that leave about 250 after the reduction of a huge argument, or the cancellation of a small one."""
    with mp.workprec(64):
        exponents = [abs(int(mp.floor(mp.log(abs(mpf(x)), 2)))) for x in arguments if x != 0]
    return PRECISION + 2 * max(exponents, default=0)


def nearest(v):
    """The binary64 nearest to a positive real number, ties to even, and the size of its ulp; `None` beyond."""
    mantissa, exponent = mp.frexp(v)
    exponent = max(int(exponent) - 53, -1074)
    ulp = mp.ldexp(mpf(1), exponent)
    scaled = v / ulp
    whole = int(mp.floor(scaled))
    rest = scaled - whole
    if rest > mpf(1) / 2 or (rest == mpf(1) / 2 and whole % 2 == 1):
        whole += 1
    if mp.ldexp(mpf(whole), exponent) > mpf(MAX):
        return None
    return float(mp.ldexp(mpf(whole), exponent)), ulp


def is_exact(name, arguments, value):
    """Whether a result that is computed by way of others is a binary64 (of the given magnitude)."""
    x = Fraction(arguments[0])
    if name == "log2":
        return value == int(value) and abs(value) < 1075 and abs(x) in (Fraction(2) ** int(value), Fraction(2) ** -int(value))
    if name == "log10":
        return value == int(value) and value <= 22 and x == 10 ** int(value)
    if name == "cbrt":
        return Fraction(value) ** 3 == abs(x)
    if name == "^" and abs(arguments[1]) < 64 and 2 * arguments[1] == int(2 * arguments[1]) and x > 0:
        return Fraction(value) ** 2 == x ** int(2 * arguments[1])
    return False


def line(source, name, arguments):
    """One line, or nothing where the result is no number, or beyond the largest."""
    with mp.workprec(precision_for(arguments)):
        if name in TWO:
            v = TWO[name](*map(mpf, arguments))
        else:
            lo, hi = DOMAIN.get(name, (-MAX, MAX))
            if not lo <= arguments[0] <= hi:
                return None
            if name == "erf" and abs(arguments[0]) > 6 or name == "tanh" and abs(arguments[0]) > 25:
                return None  # one, all but
            if name in ("exp", "exp2", "expm1", "sinh", "cosh") and abs(arguments[0]) > 1100:
                return None
            try:
                v = FUNCTIONS[name](mpf(arguments[0]))
            except (ValueError, ZeroDivisionError):
                return None
        if not mp.isfinite(v) or isinstance(v, mp.mpc) or v == 0:
            return None
        found = nearest(abs(v))
        if found is None:
            return None
        value, ulp = found
        above = (abs(v) - mpf(value)) / ulp
        value, above = (value, above) if v > 0 else (-value, above)
        if above == 0 or is_exact(name, arguments, value):
            return " ".join([source, name, *("%016x" % to_bits(x) for x in arguments), "%016x" % to_bits(value), "0"])
        words = [source, name, *("%016x" % to_bits(x) for x in arguments), "%016x" % to_bits(value)]
        return " ".join([*words, f"{float(above):.9f}"])


def listed(folder, name):
    """The arguments, and results, that CORE-MATH lists as exceptional for a function."""
    name = FILES.get(name, name)
    text = (folder / name / f"{name}.c").read_text()
    found = []
    for table in re.findall(r"(?:db|exceptions|EXCEPTIONS)\s*(?:\[\w*\])+\s*=\s*\{(.*?)\};", text, re.S):
        for word in re.findall(r"-?0x[0-9a-f.]+p[-+]?\d+", table):
            x = float.fromhex(word)
            if 1e-300 < abs(x) < MAX:
                found.append(x)
    return sorted(set(found))


def near_multiples():
    """For every exponent from 2^-1 on, the binary64 next to a multiple of pi/2, relative to the spacing."""
    found = []
    with mp.workprec(3400):
        half = mp.pi / 2
        for exponent in range(-53, 971):
            # m 2^exponent = k pi/2 nearly, with m of 53 bits: convergents of pi/2 / 2^exponent.
            ratio = half / mp.ldexp(mpf(1), exponent)
            (p0, q0), (p1, q1), rest = (0, 1), (1, 0), ratio
            best = None
            while True:
                a = int(mp.floor(rest))
                p0, q0, p1, q1 = p1, q1, a * p1 + p0, a * q1 + q0
                if p1 >= 1 << 53:
                    break
                if p1 >= 1 << 52:
                    best = p1
                rest = 1 / (rest - a)
            # A smaller convergent times an integer is the next best.
            if best is None and p0:
                best = p0 * (((1 << 53) - 1) // p0)
                best = best if best >= 1 << 52 else None
            if best:
                found.append(float(mp.ldexp(mpf(best), exponent)))
    return found


def halfway(name, ranges=2048, length=1 << 16, keep=24):
    """Arguments whose results are near halfway points: f on consecutive arguments is a quadratic, as good as."""
    lo, hi = RANGE.get(name, (1e-150, 1e150))
    found = []
    k = numpy.arange(length, dtype=numpy.float64)
    for _ in range(ranges):
        x0 = lo * (hi / lo) ** random.random()
        step = from_bits(to_bits(x0) + 1) - x0
        with mp.workprec(PRECISION + 100):
            f = FUNCTIONS[name]
            try:
                y0, y1, y2 = (f(mpf(x0) + mpf(step) * length * t / 2) for t in (0, 1, 2))
            except (ValueError, ZeroDivisionError):
                continue
            if isinstance(y2, mp.mpc) or not mp.isfinite(y2) or y0 == 0:
                continue
            found_ulp = nearest(abs(y0))
            if found_ulp is None or nearest(abs(y2)) is None or nearest(abs(y2))[1] != found_ulp[1]:
                continue
            ulp = found_ulp[1]
            n = mpf(length)
            a, b, c = y0 / ulp, (4 * y1 - y2 - 3 * y0) / (n * ulp), 2 * (y0 + y2 - 2 * y1) / (n * n * ulp)
            a, b, c = float(a - mp.floor(a)), float(b - mp.nint(b)), float(c)
        away = a + b * k + c * k * k
        away = numpy.abs(away - numpy.floor(away) - 0.5)
        best = int(numpy.argmin(away))
        found.append((float(away[best]), from_bits(to_bits(x0) + best)))
    return [x for _, x in sorted(found)[:keep]]


def ends(name):
    """Subnormal numbers, edges, and neighbours of what is special."""
    special = [TINY, 2.0**-1060, sys.float_info.min, 2.0**-1000, 2.0**-500, 2.0**-55, 2.0**-54, 2.0**-53, 2.0**-28, 2.0**-27]
    special += [2.0**-26, 2.0**-14, 2.0**-5, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 10.0, 100.0, 2.0**26, 2.0**27, 2.0**52, 2.0**53]
    special += [2.0**54, 1e22, 2.0**500, 2.0**1000, MAX]
    pi = 3.141592653589793
    special += {
        "exp": [709.782712893384, -708.3964185322641, -745.1332191019411, 0.6931471805599453, 0.34657359027997264],
        "exp2": [1023.9999999999999, -1022.0, -1074.0, -1073.5, -1074.9],
        "expm1": [709.782712893384, -36.7, -37.5, 0.6931471805599453],
        "sinh": [710.4758600739439, 36.7], "cosh": [710.4758600739439, 36.7, 2.0**-27], "tanh": [18.36, 19.06, 22.0],
        "erf": [0.84375, 1.25, 2.857142857142857, 5.921587195794507, 0.875],
        "ln": [2.718281828459045, 0.36787944117144233, 0.7071067811865476, 1.4142135623730951],
        "log2": [0.7071067811865476, 1.4142135623730951], "log10": [0.1, 0.001, 1e15, 1e-15, 1e300],
        "log1p": [-1.0, -0.5, -0.2928932188134524, 0.41421356237309503, -(1 - 2.0**-20)],
        "sin": [pi, pi / 2, pi / 4, 2 * pi, 1e5, 1e10, 2.0**120], "cos": [pi, pi / 2, pi / 4, 2 * pi, 1e5, 1e10, 2.0**120],
        "tan": [pi, pi / 2, pi / 4, 3 * pi / 4, 1e5, 1e10, 2.0**120],
        "acosh": [1 + 2.0**-k for k in range(3, 52, 4)], "atanh": [1 - 2.0**-k for k in range(2, 53, 5)],
        "asin": [1 - 2.0**-k for k in range(2, 53, 5)], "acos": [1 - 2.0**-k for k in range(2, 53, 5)],
    }.get(name, [])  # fmt: skip
    found = []
    for x in special:
        for y in neighbours(x, 1):
            found += [y, -y]
    return sorted(set(found))


def pairs(name):
    """Arguments of functions of two, near what is special: results near one, overflow, underflow, axes, halves."""
    numbers = [TINY, sys.float_info.min, 2.0**-500, 2.0**-53, 0.5, 1.0, 1.5, 2.0, 3.0, 10.0, 2.0**27, 2.0**53, 2.0**500, MAX]
    found = [(x, y) for x in numbers for y in numbers]
    for _ in range(400):
        x = random.choice(neighbours(random.choice(numbers), 40))
        y = random.choice(neighbours(random.choice(numbers), 40))
        found.append((x, y))
    if name == "^":
        found = [(x, y) for x, y in found if y < 2000 or abs(x - 1) < 1e-10]
        for _ in range(300):
            # Just about the largest and smallest results, and numbers near one to large powers.
            x = 2.0 ** random.uniform(-20, 20)
            edge = random.choice([1023.9999, -1021.9999, -1073.0, 52.5, 1e-9])
            found.append((x, float(edge * mp.log(2) / mp.log(mpf(x)))))
            near = random.choice(neighbours(1.0, 30)[1:])
            found.append((near, float(random.uniform(-700, 700) / mp.log(mpf(near)))))
        for n in range(3, 30):
            found += [(float(b), float(n)) for b in (3, 5, 7, 1.25, 1.1)] + [(float(b), n + 0.5) for b in (2, 3, 7, 9)]
            found += [(float(b), -float(n)) for b in (3, 5, 7)]
        found += [(-x, float(random.randint(-30, 30))) for x, _ in found[-200:]]
    else:
        found += [(-x, y) for x, y in found] + [(x, -y) for x, y in found]
        found += [(x, x * (1 + s)) for x in numbers[2:-2] for s in (2.0**-52, 2.0**-26, -(2.0**-40))]
    return random.sample(found, 600)


def misrounded(path, keep=24):
    """The lines of the `keep` arguments of each function whose results are furthest from halfway, so that fpmath, which
    gives the further neighbour there, is furthest from them."""
    lines = {}
    for words in map(str.split, path.read_text().splitlines()):
        if words[:1] == ["m"]:
            found = line("m", words[1], tuple(from_bits(int(word, 16)) for word in words[2:]))
            lines.setdefault(words[1], []).append((abs(float(found.rsplit(" ", 1)[1])), found))
    for name, found in lines.items():
        print(f"{name}: {len(found)} misrounded, {1 - min(found)[0]:.9f} ulp at most", file=sys.stderr)
    return [text for found in lines.values() for _, text in sorted(found)[:keep]]


def main():
    folder = Path(sys.argv[1])
    print("\n".join(misrounded(Path(sys.argv[2]))))
    multiples = near_multiples()
    print(f"multiples of pi/2: {len(multiples)}", file=sys.stderr)
    for name in FUNCTIONS:
        cases = [("w", x) for x in listed(folder, name)]
        if name in ("sin", "cos", "tan"):
            # The reductions that go wrong first, and every fourth of the others.
            with mp.workprec(3400):
                rest = lambda x: abs(mpf(x) / (mp.pi / 2) - mp.nint(mpf(x) / (mp.pi / 2)))
                hardest = sorted(multiples, key=rest)[:64]
            cases += [("p", x) for x in sorted(set(hardest + multiples[::4]))]
        cases += [("n", x) for x in halfway(name)]
        cases += [("e", x) for x in ends(name)]
        lines = [line(source, name, (x,)) for source, x in cases]
        lines = list(dict.fromkeys(text for text in lines if text))
        print(f"{name}: {len(lines)}", file=sys.stderr)
        print("\n".join(lines))
    for name in TWO:
        lines = [line("e", name, pair) for pair in pairs(name)]
        lines = list(dict.fromkeys(text for text in lines if text))
        print(f"{name}: {len(lines)}", file=sys.stderr)
        print("\n".join(lines))


if __name__ == "__main__":
    main()
