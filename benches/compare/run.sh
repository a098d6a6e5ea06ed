#!/bin/sh
# Prints how the plan of a 1,000-bump network compares with ONNX Runtime, NumPy, numba and (if TORCH=1) PyTorch on the
# same weight table in one run, and the plans of networks of several inputs with ONNX Runtime on what bumpnet exports. Makes a Python environment in target/compare; says so and stops where it cannot.
set -eu
cd "$(dirname "$0")/../.."
skip() { echo "skipped: $1" >&2; exit 0; }

target="${CARGO_TARGET_DIR:-target}"
venv="${COMPARE_VENV:-$target/compare}"
command -v python3 >/dev/null || skip "no python3 on the PATH"
if ! [ -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" || { rm -rf "$venv"; skip "python3 has no venv with pip"; }
fi
packages="numpy onnx onnxruntime numba"
[ "${TORCH:-0}" = 0 ] || packages="$packages torch"
# shellcheck disable=SC2086 # a list
"$venv/bin/python" -c "import $(echo $packages | tr ' ' ',')" 2>/dev/null ||
    "$venv/bin/python" -m pip install --quiet $packages || skip "the packages cannot be installed: $packages"

cargo build --release --quiet --package bumpnet-cli
# One thread for all.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 exec "$venv/bin/python" benches/compare/compare.py "$target/release/bumpnet"
