#!/usr/bin/env python3
"""Writes reference values to 160 bits, for the tests of wide arithmetic.

    pip install mpmath
    python3 generate_wide.py > wide.txt

The output is deterministic. Each line is a kind, a name, arguments and results, separated by spaces:

    u NAME X R            a function of one argument
    b NAME X Y R          an operator of two arguments
    j NAME X R0 .. R14    Taylor coefficients f^(k)/k! of the function at X
    l DECIMAL R           a decimal literal
    k NAME R              a constant

Arguments are two binary64 numbers joined by a comma, each as 16 hexadecimal digits of its bits: their exact sum. Results
are three of them, each nearest to what the ones before leave, so their sum is within 2^-158 of the real result,
relative (2^-1075 absolute).
"""
import random
import struct

from mpmath import mp, mpf

mp.prec = 400
random.seed(20250301)


def bits(x):
    return "%016x" % struct.unpack(">Q", struct.pack(">d", x))[0]


def parts(v, n):
    result = []
    for _ in range(n):
        result.append(float(v))
        v -= mpf(result[-1])
    return ",".join(bits(x) for x in result)


def double(v):
    """The nearest double-double."""
    high = float(v)
    return mpf(high) + mpf(float(v - mpf(high)))


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


UNARY = {
    "sqrt": (mp.sqrt, lambda: 2.0 ** random.uniform(-60, 60)),
    "exp": (mp.exp, lambda: random.choice([random.uniform(-2, 2), random.uniform(-590, 590), random.uniform(-40, 40)])),
    "expm1": (mp.expm1, lambda: random.choice([signed(2.0 ** random.uniform(-70, 2)), random.uniform(-40, 40)])),
    "sigmoid": (sigmoid, lambda: random.choice([signed(2.0 ** random.uniform(-70, 3)), random.uniform(-40, 40), random.uniform(-590, 0)])),
    "tanh": (mp.tanh, lambda: random.choice([signed(2.0 ** random.uniform(-70, 3)), random.uniform(-3, 3), random.uniform(-45, 45)])),
    "atan": (mp.atan, lambda: random.choice([signed(2.0 ** random.uniform(-70, 3)), random.uniform(-1, 1), signed(2.0 ** random.uniform(0, 250))])),
    "erf": (mp.erf, lambda: random.choice([signed(2.0 ** random.uniform(-70, 1)), random.uniform(-3, 3), random.uniform(-10, 10)])),
}
# Both sides of every seam, and next to the nodes of the tables.
SPECIAL = {
    "sqrt": [1.0, 2.0, 4.0, 0.25, 1e300, 1e-300],
    "exp": [1.0, -1.0, 600.0, -600.0, 1e-300, 2.0**-60] + [s * j / 32 * 0.6931471805599453 for s in (1, -1) for j in range(1, 34)],
    "expm1": [1.0, -1.0, 2.0**-119, 2.0**-121, 1e-300, 0.0108304, 0.0108305, -0.0108304, -0.0108305],
    "sigmoid": [0.0, 600.0, -600.0, 601.0, 1e-300, 1.0, -1.0, 1e300],
    "tanh": [39.999999, 40.0, 2.0**-59, 2.0**-61, 0.0054152, 0.0054153, 0.5, 1.0, 1e-300, 1e300],
    "atan": [1.0, 1.0000001, 2.0**-59, 2.0**-61, 2.0**199, 2.0**201, 1e-300] + [j / 32 + d for j in range(33) for d in (0, 1e-9, 0.0156)],
    "erf": [2.4999999, 2.5, 3.2499999, 3.25, 3.2500001, 4.0, 8.9999999, 9.0, 9.0000001, 2.0**-59, 2.0**-61, 1.0, 6.2, 1e-300, 30.0, -2.6, 3.0, 5.0],
}
BINARY = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}
TAYLOR = {
    "exp": mp.exp,
    "sigmoid": sigmoid,
    "tanh": mp.tanh,
    "atan": mp.atan,
    "erf": mp.erf,
    "gompertz": lambda x: mp.exp(-mp.exp(-x)),
}
LITERALS = (
    "0.1 0.25 3 1e22 1e23 1e44 1e45 1e100 1e-100 123456789012345678 1234567890123456789 0.333333333333333333333333333 "
    "3.14159265358979323846264338327950288419716939937510582 2.5e-30 9007199254740993 0.000123 6.02214076e23 1e-300 1e300 "
    "123456789012345678901234567890123456789012345678901234567890"
).split()


def signed(x):
    return random.choice([-1, 1]) * x


def wide(x):
    """x with a random second part, or none."""
    x = float(x)
    return double(mpf(x) + random.choice([0, 1]) * mpf(x) * mpf(random.uniform(-1, 1)) * mpf(2) ** -54)


def main():
    for name, (f, argument) in UNARY.items():
        xs = [mpf(x) for x in SPECIAL[name]] + [wide(argument()) for _ in range(120)]
        for x in xs:
            if abs(x) > 1e250 and name not in ("sqrt", "atan"):
                value = mpf(1)  # to 2^-1000
            else:
                mp.prec = 2500 if x != 0 and abs(x) < 1e-60 or abs(x) > 500 else 400
                value = f(x)
                mp.prec = 400
            print("u", name, parts(x, 2), parts(value, 3))
    for name, f in BINARY.items():
        for i in range(150):
            x, y = (wide(signed(2.0 ** random.uniform(-30, 30))) for _ in range(2))
            if i % 3 == 0:
                y = double(x * (1 + mpf(signed(2.0 ** random.uniform(-105, -2)))))
            if i % 10 == 1:
                x, y = mpf(random.randint(1, 10**6)), mpf(random.randint(1, 99))
            print("b", name, parts(x, 2), parts(y, 2), parts(f(x, y), 3))
    for name, f in TAYLOR.items():
        for x in [0.5, -0.5, 1.75, -3.25, 2.0**-20, 5.5] + [random.uniform(-4, 4) for _ in range(6)]:
            print("j", name, parts(mpf(x), 2), *(parts(c, 3) for c in coefficients(f, mpf(x), 14)))
    for text in LITERALS:
        print("l", text, parts(mpf(text), 3))
    for name, value in [("pi", mp.pi), ("e", mp.e), ("tau", 2 * mp.pi)]:
        print("k", name, parts(+value, 3))


def coefficients(f, x, order):
    """By Cauchy's integral over a circle about x, within the disc of convergence."""
    mp.prec = 700
    n, radius = 512, mpf(1) / 2
    points = [mp.expjpi(mpf(2) * k / n) for k in range(n)]
    values = [f(x + radius * p) for p in points]
    result = []
    for k in range(order + 1):
        total = mp.fsum(v * points[(-k * i) % n] for i, v in enumerate(values))
        result.append((total / n).real / radius**k)
    mp.prec = 400
    return [+c for c in result]


if __name__ == "__main__":
    main()
