#!/usr/bin/env python3
"""Writes reference values of every function, for the tests of intervals and jets.

    pip install mpmath
    python3 generate.py > reference.txt

The output is deterministic. Each line is a kind, a name, arguments and results, separated by spaces:

    u NAME X R            a function of one argument
    b NAME X Y R          an operator of two arguments
    j NAME X R0 .. R9     Taylor coefficients f^(k)/k! of the function at X
    c NAME X R0 .. R9     the same of f(x^2 - x/4 + 1/8)
    e NAME X R0 .. R9     the same of an expression of that name (see EXPRESSIONS, and the tests)
    l DECIMAL R           a decimal literal

Arguments are binary64 numbers as 16 hexadecimal digits of their bits. A result R is what encloses the real result most
tightly: the bits of the largest binary64 that is not above it, then `=` if it is that number, or `+` if it lies
between that one and the next one up (which may be infinite). Undefined results are not listed.
"""
import math
import random
import struct
import sys

from mpmath import mp, mpf

MAX = sys.float_info.max
TINY = 5e-324
random.seed(20240607)


def bits(x):
    return "%016x" % struct.unpack(">Q", struct.pack(">d", x))[0]


def enclose(v):
    """The largest binary64 <= v and whether it is v."""
    if isinstance(v, tuple):
        return bits(v[0]) + v[1]
    if v > MAX:
        return bits(MAX) + "+"
    if v < -MAX:
        return bits(-math.inf) + "+"
    f = float(v)
    if math.isinf(f):
        f = math.copysign(MAX, f)
    while mpf(f) > v:
        f = math.nextafter(f, -math.inf)
    while math.nextafter(f, math.inf) <= v:
        f = math.nextafter(f, math.inf)
    f += 0.0
    return bits(f) + ("=" if mpf(f) == v else "+")


BELOW_ONE = math.nextafter(1.0, 0.0)


def saturating(f, low, high, limit=1000):
    """f, except that far out the result is known to be next to a limit (mpmath would take forever)."""
    return lambda x: low if x < -limit else high if x > limit else f(x)


HUGE = (MAX, "+")
ABOVE_0 = (0.0, "+")
BELOW_0 = (-TINY, "+")


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return mp.log(1 + mp.exp(x))


def sinc(x):
    return mpf(1) if x == 0 else mp.sin(x) / x


def domain(f, condition):
    return lambda x: f(x) if condition(x) else None


def half_away(x):
    return mp.sign(x) * mp.floor(abs(x) + mpf(1) / 2)


UNARY = {
    "-": lambda x: -x,
    "sqrt": domain(mp.sqrt, lambda x: x >= 0),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "exp": saturating(mp.exp, ABOVE_0, HUGE),
    "exp2": saturating(lambda x: mp.power(2, x), ABOVE_0, HUGE, 1100),
    "expm1": saturating(mp.expm1, (-1.0, "+"), HUGE),
    "ln": domain(mp.log, lambda x: x > 0),
    "log1p": domain(mp.log1p, lambda x: x > -1),
    "log2": domain(lambda x: mp.log(x) / mp.log(2), lambda x: x > 0),
    "log10": domain(lambda x: mp.log(x) / mp.log(10), lambda x: x > 0),
    "abs": abs,
    "sign": mp.sign,
    "floor": mp.floor,
    "ceil": mp.ceil,
    "round": half_away,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": domain(mp.asin, lambda x: abs(x) <= 1),
    "acos": domain(mp.acos, lambda x: abs(x) <= 1),
    "atan": mp.atan,
    "sinh": saturating(mp.sinh, (-math.inf, "+"), HUGE),
    "cosh": saturating(mp.cosh, HUGE, HUGE),
    "tanh": saturating(mp.tanh, (-1.0, "+"), (BELOW_ONE, "+")),
    "asinh": mp.asinh,
    "acosh": domain(mp.acosh, lambda x: x >= 1),
    "atanh": domain(mp.atanh, lambda x: abs(x) < 1),
    "erf": saturating(mp.erf, (-1.0, "+"), (BELOW_ONE, "+"), 50),
    "sigmoid": saturating(sigmoid, ABOVE_0, (BELOW_ONE, "+")),
    "softplus": lambda x: ABOVE_0 if x < -1000 else (float(x), "+") if x > 1000 else softplus(x),
    "sinc": sinc,
    "step": lambda x: mpf(1 if x >= 0 else 0),
}
EXACT_ANSWERS = {
    # Where the working precision would hide or blur an exactly representable result.
    "log2": lambda x: mpf(mp.mag(x) - 1) if x > 0 and mp.frexp(x)[0] == 0.5 else None,
    "log10": lambda x: next((mpf(k) for k in range(23) if x == mpf(10) ** k), None),
    "cbrt": lambda x: next((mp.sign(x) * k for k in range(200) if abs(x) == k**3), None),
    "exp2": lambda x: mp.ldexp(1, int(x)) if abs(x) < 1074 and x == mp.floor(x) else None,
}
SMOOTH = (
    "sqrt cbrt exp exp2 expm1 ln log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf "
    "sigmoid softplus sinc"
).split()


def neighbours(x):
    return [x, math.nextafter(x, math.inf), math.nextafter(x, -math.inf)]


def unary_arguments(name):
    positive = [TINY, 2.2250738585072014e-308, 1e-300, 1e-160, 1e-20, 1e-8, 1e-3, 0.1, 0.25, 0.3, 0.75, 1.5, 2.5, 3.5]
    positive += [4.4934094579090641, 5.0, 7.0, 8.0, 10.0, 20.0, 27.0, 36.7, 100.0, 512.0, 700.0, 709.7827128933840, 745.1]
    positive += [1e3, 1023.5, 1e6, 1e8, 2.0**40 + 0.5, 2.0**52 + 1, 1e22, 1e100, 1e300, MAX]
    for x in [0.5, 1.0, 2.0, 3.0, math.pi / 2, math.pi, 1.5 * math.pi, 2 * math.pi, 11 * math.pi]:
        positive += neighbours(x)
    points = [0.0] + positive + [-x for x in positive]
    if name in ("floor", "ceil", "round", "trunc", "sign", "step", "abs", "-"):
        return points
    points += [random.uniform(-1, 1) for _ in range(24)] + [random.uniform(-12, 12) for _ in range(16)]
    points += [random.choice((-1, 1)) * random.uniform(1, 2) * 2.0 ** random.randint(-60, 60) for _ in range(14)]
    extra = {
        "cbrt": [8.0, 27.0, 1000.0, -64.0, 7.0**3],
        "log2": [4.0, 8.0, 1024.0, 2.0**-30],
        "log10": [10.0, 100.0, 1e5, 1e15, 1e22],
        "exp2": [4.0, 10.0, -10.0, 1023.0, -1022.0, -1074.0, 1024.0],
        "exp": [709.7827128933841, -708.4, -745.13, -745.14, 1e-17],
        "sqrt": [4.0, 9.0, 0.25, 1e10, 2.0**-1070, 15241578780673678515622620750190521.0],
        "tan": neighbours(math.pi / 2 * 1e3) + [6381956970095103.0 * 2.0**797],
        "sin": [6381956970095103.0 * 2.0**797, 1e5, 355.0],
        "cos": [6381956970095103.0 * 2.0**797, 1e5, 355.0],
        "acos": [-1.0 + 2.0**-40, 1.0 - 2.0**-40],
        "log1p": [-1.0 + 2.0**-53, -0.9999],
        "sigmoid": [-36.0, -30.0, 38.0, -744.0],
        "sinc": [1e-7, -2e-8, 9e-9, 1e-6, 1e-5],
        "erf": [5.8, 5.9, 6.0],
    }
    return points + extra.get(name, [])


def binary_pow(a, b):
    integer = b == mp.floor(b)
    if a == 0:
        return None if b < 0 else mpf(0 if b > 0 else 1)
    if a < 0 and not integer:
        return None
    if b == 0:
        return mpf(1)
    if abs(a) == 1:
        return mpf(1) if a > 0 or mp.floor(b / 2) * 2 == b else mpf(-1)
    magnitude = b * mp.log(abs(a))
    negative = a < 0 and mp.floor(b / 2) * 2 != b
    if magnitude > 1000:
        return (-math.inf, "+") if negative else HUGE
    if magnitude < -1000:
        return BELOW_0 if negative else ABOVE_0
    if integer and abs(b) <= 64:
        return a ** int(b)  # rounds far below, exact if representable
    if abs(b * 2) <= 64 and b * 2 == mp.floor(b * 2):
        return mp.sqrt(a) ** int(b * 2)
    return (-1 if negative else 1) * mp.exp(magnitude)


BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b != 0 else None,
    "^": binary_pow,
    "min": min,
    "max": max,
    "hypot": lambda a, b: mp.sqrt(a * a + b * b),
    "atan2": lambda a, b: mp.atan2(a, b) if (a, b) != (0, 0) else None,
}


def binary_arguments(name):
    special = [0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 0.1, TINY, 1e-300, -1e-200, 1e22, 1e300, MAX, -MAX, 7.0]
    pairs = [(a, b) for a in special for b in special]
    spread = lambda e: random.choice((-1, 1)) * random.uniform(1, 2) * 2.0 ** random.randint(-e, e)
    pairs += [(spread(3), spread(3)) for _ in range(30)] + [(spread(60), spread(60)) for _ in range(25)]
    if name == "^":
        pairs += [(abs(spread(4)), spread(4)) for _ in range(60)]
        pairs += [(spread(3), float(random.randint(-9, 9))) for _ in range(40)]
        pairs += [(2.0, 0.5), (4.0, 0.5), (9.0, 1.5), (3.0, 33.0), (3.0, 34.0), (-7.0, 18.0), (10.0, 22.0), (10.0, 23.0)]
    if name == "hypot":
        pairs += [(3.0, 4.0), (-5.0, 12.0), (8.0, 15.0)]
    if name in "+-":
        pairs += [(1.0, 2.0**-53), (1.0, 2.0**-54), (1.0, -(2.0**-54)), (MAX, 2.0**970), (MAX, 2.0**969), (-MAX, 2.0**969)]
    if name == "*":
        # Products next to the smallest normal number.
        pairs += [(1 - 2.0**-53, 2.0**-1022), (1 + 2.0**-52, 2.0**-1022), (1 - 2.0**-53, 2.0**-1021), (3.0, TINY)]
        pairs += [(1 + 2.0**-26, 1 + 2.0**-26), (1 + 2.0**-27, 1 + 2.0**-27), (2.0**-537, 2.0**-537), (1.5 * 2.0**-537, 2.0**-537)]
    if name == "/":
        pairs += [(6.0, 3.0), (1.0, 3.0), (2.0**-1022, 2.0), (2.0**-1022 * (1 + 2.0**-52), 2.0), (15.0, 0.1)]
    return pairs


POINTS = {
    "sqrt": [0.01, 0.5, 1.0, 2.0, 100.0],
    "cbrt": [0.01, 0.5, 1.0, -2.0, 100.0],
    "ln": [0.01, 0.5, 1.0, 2.0, 100.0],
    "log2": [0.01, 0.5, 1.0, 2.0, 100.0],
    "log10": [0.01, 0.5, 1.0, 2.0, 100.0],
    "log1p": [-0.75, -0.01, 0.0, 1e-8, 1.0, 30.0],
    "asin": [-0.9, -0.3, 0.0, 1e-9, 0.5, 0.99],
    "acos": [-0.9, -0.3, 0.0, 1e-9, 0.5, 0.99],
    "atanh": [-0.9, -0.3, 0.0, 1e-9, 0.5, 0.99],
    "acosh": [1.01, 1.5, 3.0, 20.0],
    "sinc": [0.0, 1e-9, 0.1, 1.0, -2.5, 4.0, 6.3, 7.5, 7.99, 8.01, -9.0, 30.0],
    "tan": [-1.5, -0.7, 0.0, 1e-9, 0.3, 1.0, 1.57, 10.0],
    "sigmoid": [-30.0, -8.0, -3.0, -1.0, 0.0, 1e-9, 0.5, 2.0, 5.0, 12.0, 35.0],
    "tanh": [-12.0, -4.0, -1.0, 0.0, 1e-9, 0.25, 1.0, 3.0, 15.0],
    "softplus": [-30.0, -3.0, -1.0, 0.0, 1e-9, 0.5, 2.0, 12.0, 35.0],
    "erf": [-4.0, -2.0, -0.5, 0.0, 1e-9, 0.7, 1.5, 3.0, 5.0],
}
COMMON_POINTS = [-3.0, -1.0, -0.1, 0.0, 1e-9, 0.3, 1.0, 2.0, 5.0]
COEFFICIENTS = 10


def taylor(f, x):
    """Numerical derivatives, so independent of the rules under test; exactly representable ones are recognised."""
    with mp.workprec(1200):
        values = mp.taylor(f, mpf(x), COEFFICIENTS - 1)
    with mp.workprec(700):
        return [snap(mp.re(v)) for v in values]


def snap(v):
    with mp.workprec(300):
        near = mpf(float(v))
    return near if abs(v - near) < mpf(2) ** -280 * max(1, abs(v)) else v


def inner(x):
    return x * x - x / 4 + mpf(1) / 8


EXPRESSIONS = {
    "x^3": (lambda x: x**3, [-1.5, 0.0, 0.3, 2.0]),
    "x^7": (lambda x: x**7, [-1.5, 0.0, 0.3, 2.0]),
    "x^-2": (lambda x: x**-2, [-1.5, 0.1, 0.3, 2.0]),
    "x^2.5": (lambda x: x**2 * mp.sqrt(x), [0.01, 0.3, 2.0]),
    "u^4": (lambda x: inner(x) ** 4, [-1.5, 0.0, 0.125, 0.3, 2.0]),
    "u^-3": (lambda x: inner(x) ** -3, [-1.5, 0.0, 0.3, 2.0]),
    "u^1.5": (lambda x: inner(x) * mp.sqrt(inner(x)), [-1.5, 0.0, 0.3, 2.0]),
    "x^x": (lambda x: mp.exp(x * mp.log(x)), [0.01, 0.3, 1.0, 2.0]),
    "2^u": (lambda x: mp.exp(inner(x) * mp.log(2)), [-1.5, 0.0, 0.3, 2.0]),
    "x/u": (lambda x: x / inner(x), [-1.5, 0.0, 0.3, 2.0]),
    "1/u": (lambda x: 1 / inner(x), [-1.5, 0.0, 0.3, 2.0]),
    "x*u": (lambda x: x * inner(x), [-1.5, 0.0, 0.3, 2.0]),
    "hypot(x,u)": (lambda x: mp.sqrt(x * x + inner(x) ** 2), [-1.5, 0.0, 0.3, 2.0]),
    "atan2(x,u)": (lambda x: mp.atan(x / inner(x)), [-1.5, 0.0, 0.3, 2.0]),
    "atan2(u,x)": (lambda x: mp.pi / 2 - mp.atan(x / inner(x)), [-1.5, 0.0, 0.3, 2.0]),
    "sin(15x)": (lambda x: mp.sin(15 * x), [-1.5, 0.0, 0.3, 2.0]),
    "sin(u)*exp(x)": (lambda x: mp.sin(inner(x)) * mp.exp(x), [-1.5, 0.0, 0.3, 2.0]),
    "sigmoid(8x-3)": (lambda x: sigmoid(8 * x - 3), [-1.5, 0.0, 0.375, 0.4, 2.0]),
}


def emit(kind, name, *rest):
    print(kind, name, *rest)


def main():
    mp.prec = 4400
    for name, f in UNARY.items():
        for x in dict.fromkeys(unary_arguments(name)):
            exact = EXACT_ANSWERS.get(name, lambda _: None)(mpf(x))
            value = exact if exact is not None else f(mpf(x))
            if value is not None:
                emit("u", name, bits(x), enclose(value))
    for name, f in BINARY.items():
        for a, b in dict.fromkeys(binary_arguments(name)):
            value = f(mpf(a), mpf(b))
            if value is not None:
                emit("b", name, bits(a), bits(b), enclose(value))
    for name in SMOOTH:
        raw = {"tanh": mp.tanh, "sinh": mp.sinh, "cosh": mp.cosh, "exp": mp.exp, "expm1": mp.expm1, "erf": mp.erf}
        raw |= {"sigmoid": sigmoid, "softplus": softplus, "exp2": lambda x: mp.power(2, x)}
        # Numerical differentiation leaves the real axis nowhere, but must not meet a condition.
        raw |= {"sqrt": mp.sqrt, "cbrt": UNARY["cbrt"], "ln": mp.log, "log1p": mp.log1p, "asin": mp.asin}
        raw |= {"acos": mp.acos, "acosh": mp.acosh, "atanh": mp.atanh}
        raw |= {"log2": lambda x: mp.log(x) / mp.log(2), "log10": lambda x: mp.log(x) / mp.log(10)}
        f = raw.get(name, UNARY[name])
        for x in POINTS.get(name, COMMON_POINTS):
            emit("j", name, bits(x), *map(enclose, taylor(f, x)))
        inside = {"asin": [-0.4, 0.0, 0.125, 0.7], "acos": [-0.4, 0.0, 0.125, 0.7], "atanh": [-0.4, 0.0, 0.125, 0.7]}
        inside |= {"acosh": [-1.5, 1.25, 2.0], "tan": [-1.0, 0.0, 0.125, 0.7]}
        for x in inside.get(name, [-1.5, 0.0, 0.125, 0.7, 2.0]):
            emit("c", name, bits(x), *map(enclose, taylor(lambda t: f(inner(t)), x)))
    for name, (f, points) in EXPRESSIONS.items():
        for x in points:
            emit("e", name, bits(x), *map(enclose, taylor(f, x)))
    literals = "0 1 3 0.5 0.1 0.2 0.3 0.25 0.75 1e22 1e23 1e-5 123456789012345678 9007199254740993 3.14159265358979323846".split()
    literals += "1e300 1.7976931348623157e308 5e-324 4.9406564584124654e-324 2.2250738585072014e-308 1e-310 33e-300".split()
    literals += [repr(random.uniform(0, 1) * 10.0 ** random.randint(-30, 30)) for _ in range(30)]
    literals += ["%d.%de%d" % (random.randint(0, 999), random.randint(0, 10**18), random.randint(-200, 200)) for _ in range(30)]
    literals += ["%.3f" % random.uniform(0, 100) for _ in range(30)]
    literals += [format(2.0**-k, ".80f").rstrip("0") for k in (3, 20, 40, 60)] + ["1" + "0" * 15 + "." + "0" * 30 + "1"]
    for text in literals:
        emit("l", text, enclose(mpf(text)))


main()
