#!/usr/bin/env bash
# Measures our engine beside others, in a copy of the comparison's harness: benches/peers/run.sh HARNESS [OPTIONS]
# HARNESS is the folder of the harness (with run.sh, common, peers); OPTIONS are those of its run.sh. Without Python,
# Node and Java: BENCH_RUST_ONLY=1. Nothing is written into HARNESS or into this repository.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
harness=${1:?the folder of the harness}
shift
copy=${BENCH_COPY:-${TMPDIR:-/tmp}/qudao-bench}
mkdir -p "$copy"
cp -r "$harness/." "$copy/"
chmod -R u+w "$copy"
rm -rf "$copy/peers/ours"
cp -r "$here/ours" "$copy/peers/ours"
sed -i "s#@QUDAO@#$(cd "$here/../.." && pwd)#" "$copy/peers/ours/Cargo.toml"
# The third variant, which does more than the peers do.
sed -i 's#"ours:batch": rust("ours", "batch")#"ours:full": rust("ours", "full")#' "$copy/run.py"
exec "$copy/run.sh" "$@"
