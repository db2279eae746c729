#!/usr/bin/env bash
# What editors make of the files in `docs/editors`: tree-sitter's grammar by its own program. It brings what it needs.
#
#     tests/editors-real/run.sh [NAME…]     runs all, or these: tree-sitter
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
newer=$PWD/target/editors
tests=("$@")
[ $# -gt 0 ] || tests=(tree-sitter)

# Brings programs, each PROGRAM=PACKAGE; where the network is missing that is said, and they are left out.
bring() {
    status=0
    "$here/newer.sh" "$newer" "$@" || status=$?
    [ $status -ne 69 ] || echo "SKIPPED: no network to bring $* from" >&2
    [ $status -eq 0 ] || [ $status -eq 69 ] || exit $status
    return $status
}

for test in "${tests[@]}"; do
    echo "editors: $test"
    case $test in
        tree-sitter)
            bring tree-sitter=tree-sitter-cli || continue
            TREE_SITTER=$newer/bin/tree-sitter cargo test --locked --test suite tree_sitter -- --include-ignored
            ;;
        *)
            echo "there is no test of that name" >&2
            exit 1
            ;;
    esac
done
