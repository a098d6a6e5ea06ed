#!/bin/sh
# Prints, for logistic bump networks of the article's target, this crate's certificate and Sollya's infnorm with both times.
set -eu
cd "$(dirname "$0")/../.."
command -v sollya >/dev/null || { echo "no sollya on the PATH (Debian: apt-get install sollya)" >&2; exit 1; }
exec cargo test --release -p bumpnet-prove --test sollya -- --nocapture
