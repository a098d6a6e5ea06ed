#!/bin/sh
# Prints how the plan of a 1,000-bump network compares with ONNX Runtime, NumPy, numba and (if TORCH=1) PyTorch on the
# same weight table in one run, and the plans of networks of several inputs with ONNX Runtime on what bumpnet exports.
# `run.sh tables` compares plans with other libraries' tables of functions: treeweave, baobzi and SciPy.
# `run.sh train` trains a network with PyTorch beside one that is constructed; if TORCH=1 it is installed first (gigabytes).
# Makes a Python environment in target/compare; says so and stops where it cannot.
set -eu
cd "$(dirname "$0")/../.."
skip() { echo "skipped: $1" >&2; exit 0; }

script="${1:-compare}"
target="${CARGO_TARGET_DIR:-target}"
venv="${COMPARE_VENV:-$target/compare}"
command -v python3 >/dev/null || skip "no python3 on the PATH"
if ! [ -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" || { rm -rf "$venv"; skip "python3 has no venv with pip"; }
fi
case "$script" in
    compare) packages="numpy onnx onnxruntime numba" ;;
    tables) packages="numpy scipy treeweave baobzi" ;;
    train) packages="" ;;
    *) echo "usage: run.sh [compare|tables|train]" >&2; exit 2 ;;
esac
[ "${TORCH:-0}" = 0 ] || packages="$packages torch"
if [ "$script" = train ] && [ "${TORCH:-0}" = 0 ]; then
    "$venv/bin/python" -c "import torch" 2>/dev/null || skip "no PyTorch in $venv; TORCH=1 installs it"
fi
# shellcheck disable=SC2086 # a list
[ -z "$packages" ] || "$venv/bin/python" -c "import $(echo $packages | tr ' ' ',')" 2>/dev/null ||
    "$venv/bin/python" -m pip install --quiet $packages || skip "the packages cannot be installed: $packages"

cargo build --release --quiet --package bumpnet-cli
# One thread for all.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 exec "$venv/bin/python" "benches/compare/$script.py" "$target/release/bumpnet"
