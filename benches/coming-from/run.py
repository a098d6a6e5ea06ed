"""The same text in other engines: prints the table of docs/formulas.md.

    pip install sympy numexpr asteval simpleeval; npm install mathjs expr-eval
    python3 benches/coming-from/run.py target/release/xtask

An engine that is not there is left out. NODE_PATH names the folder of the npm packages.
"""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

TEXTS = ["-2^2", "2^3^2", "2^-1", "2**3", "1/2", "7%3", "-7%3", "log(10)", "round(2.5)", "0^0", "(-8)^(1/3)", "1/2(4)", "0.1+0.2==0.3"]


def command(arguments, text=None):
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, timeout=30)
    lines = (done.stdout if done.returncode == 0 else "").strip().splitlines()
    noise = (done.stdout + done.stderr).lower()
    return lines[-1] if lines and "error" not in noise else None


def bumpnet(program):
    def run(text):
        done = subprocess.run([program, "formula", text], capture_output=True, text=True)
        values = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("  value")]
        return values[0] if values else None

    return run


def sympy_engine():
    import sympy

    return lambda text: str(sympy.N(sympy.sympify(text), 6))


def numexpr_engine():
    import numexpr

    return lambda text: str(numexpr.evaluate(text, global_dict={}, local_dict={}))


def asteval_engine():
    import asteval

    def run(text):
        interpreter = asteval.Interpreter(use_numpy=False, writer=None)
        value = interpreter(text, show_errors=False, raise_errors=False)
        return None if interpreter.error else str(value)

    return run


def simpleeval_engine():
    import simpleeval

    return lambda text: str(simpleeval.simple_eval(text))


def node(package, code):
    def run(text):
        return command(["node", "-e", f"const m = require('{package}'); console.log(String({code}))", "--", text])

    return run


def engines(program):
    yield "bumpnet", "", bumpnet(program)
    for name, make in [
        ("sympy", sympy_engine),
        ("numexpr", numexpr_engine),
        ("asteval", asteval_engine),
        ("simpleeval", simpleeval_engine),
    ]:
        try:
            yield name, version(name), make()
        except PackageNotFoundError:
            pass
    for package, code in [("mathjs", "m.evaluate(process.argv[1])"), ("expr-eval", "m.Parser.evaluate(process.argv[1])")]:
        found = command(["node", "-p", f"require('{package}/package.json').version"])
        if found:
            yield package, found, node(package, code)
    programs = [
        ("gnuplot", ["gnuplot", "--version"], lambda text: command(["gnuplot", "-e", f"set print '-'; print {text}"])),
        ("mawk", ["mawk", "-W", "version"], lambda text: command(["mawk", f'BEGIN {{ printf "%.6g\\n", {text} }}'])),
        ("bc -l", ["bc", "--version"], lambda text: command(["bc", "-lq"], text + "\n")),
        ("SQLite", ["sqlite3", "--version"], lambda text: command(["sqlite3", ":memory:", f"select {text};"])),
    ]
    for name, ask, run in programs:
        try:
            done = subprocess.run(ask, capture_output=True, text=True)
        except FileNotFoundError:
            continue
        words = (done.stdout + done.stderr).replace(",", " ").split()
        yield name, next((word for word in words if word[0].isdigit()), ""), run


def cell(run, text):
    try:
        value = run(text)
    except Exception:  # whatever an engine throws, it has refused the text
        value = None
    return "refused" if value is None or value == "" else value.replace("|", "\\|")[:24]


def main():
    print("| | " + " | ".join(f"`{text}`" for text in TEXTS) + " |")
    print("|---|" + "---|" * len(TEXTS))
    for name, number, run in engines(sys.argv[1]):
        cells = " | ".join(cell(run, text) for text in TEXTS)
        print(f"| {name} {number} | {cells} |".replace("  ", " "))


main()
