#!/usr/bin/env python3
"""Writes reference values of the functions off the real axis, for the tests of complex numbers.

    pip install mpmath
    python3 complex.py > complex.txt

The output is deterministic. Each line is a kind, a name, arguments and the result, separated by spaces:

    u NAME X Y RE IM               a function of x + iy
    b NAME X Y U V RE IM           an operator of x + iy and u + iv

All numbers are binary64, as 16 hexadecimal digits of their bits; the result is the nearest one. Points on a cut are left
out, as are results that are too large or too small.
"""
import random
import struct

from mpmath import mp, mpc, mpf

random.seed(20240611)
mp.prec = 600


def bits(x):
    return "%016x" % struct.unpack(">Q", struct.pack(">d", x))[0]


def sinc(z):
    return mp.sin(z) / z


def cbrt(z):
    third = mpf(1) / 3
    return z**third if z.real > 0 else -((-z) ** third)


def softplus(z):
    return z + mp.log(1 + mp.exp(-z)) if z.real > 0 else mp.log(1 + mp.exp(z))


UNARY = {
    "sqrt": mp.sqrt,
    "cbrt": cbrt,
    "exp": mp.exp,
    "exp2": lambda z: mp.exp(z * mp.log(2)),
    "expm1": lambda z: mp.exp(z) - 1,
    "ln": mp.log,
    "log1p": lambda z: mp.log(1 + z),
    "log2": lambda z: mp.log(z) / mp.log(2),
    "log10": lambda z: mp.log(z) / mp.log(10),
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
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "softplus": softplus,
    "sinc": sinc,
    "-": lambda z: -z,
    "abs": lambda z: z if z.real > 0 else -z,
}

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: mp.exp(b * mp.log(a)),
    "min": lambda a, b: a if a.real < b.real else b,
    "max": lambda a, b: a if a.real > b.real else b,
    "hypot": lambda a, b: mp.sqrt(a * a + b * b),
    "atan2": lambda a, b: (mp.log(b + mpc(0, 1) * a) - mp.log(b - mpc(0, 1) * a)) / mpc(0, 2),
}


def points():
    xs = [-30.0, -6.5, -2.0, -1.0, -0.7, -0.1, -1e-9, 0.0, 1e-12, 0.3, 0.5, 0.99, 1.0, 1.01, 1.6, 3.0, 5.5, 12.0, 40.0]
    ys = [1e-14, 1e-6, 0.2, 1.0, 2.9, 3.3]
    result = [(x, random.choice((-1, 1)) * y) for x in xs for y in ys]
    result += [(random.uniform(-4, 4), random.uniform(-4, 4)) for _ in range(40)]
    result += [(random.uniform(-60, 60), random.uniform(-9, 9)) for _ in range(20)]
    return result


def on_cut(name, x, y):
    if name in ("cbrt", "abs"):
        return x == 0
    if name in ("atan", "asinh"):
        return x == 0 and abs(y) >= 1
    if name == "softplus":
        return x == 0 and abs(y) >= 3.14
    return False


def emit(kind, name, arguments, value):
    re, im = float(value.real), float(value.imag)
    if max(abs(re), abs(im)) < 1e300 and all(abs(v) > 1e-290 or v == 0 for v in (re, im)):
        print(kind, name, *map(bits, arguments), bits(re), bits(im))


def main():
    for name, f in UNARY.items():
        for x, y in points():
            if not on_cut(name, x, y):
                emit("u", name, (x, y), mpc(f(mpc(x, y))))
    for name, f in BINARY.items():
        for k in range(120):
            a = (random.uniform(-3, 3), random.uniform(-3, 3))
            b = (random.uniform(-3, 3), random.uniform(-3, 3))
            if k % 4 == 1:
                b = (float(random.randint(-12, 12)), 0.0)
            elif k % 4 == 2:
                b = (random.uniform(-5, 5), 0.0)
            elif k % 4 == 3:
                a = (random.uniform(0.01, 9), 0.0)
            if not (name == "/" and b == (0.0, 0.0)):
                emit("b", name, a + b, mpc(f(mpc(*a), mpc(*b))))


main()
