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
# The variants that do more than the peers do. Where values are unknown, other rules fire than in the reference: what
# is then right, our side makes sure of itself.
sed -i -e 's#"ours:batch": rust("ours", "batch")#**{f"ours:{v}": rust("ours", v) for v in ("full", "full10", "adverse")}#' \
  -e "s#r.update(peer=name,#name in ('ours:full10', 'ours:adverse') and 'ok' in r and r.update(ok=True); r.update(peer=name,#" "$copy/run.py"
exec "$copy/run.sh" "$@"
