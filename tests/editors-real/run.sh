#!/usr/bin/env bash
# What editors make of the files in `docs/editors`: real ones, driven by keys. It brings what it needs.
#
#     tests/editors-real/run.sh [NAME…]     runs all, or these: tree-sitter neovim helix vscode
#
# `SHOTS=FOLDER` keeps pictures of VS Code, `UPDATE=1` takes those of its page anew.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
newer=$PWD/target/editors
tests=("$@")
[ $# -gt 0 ] || tests=(tree-sitter neovim helix vscode)

# The library that Neovim and Helix load.
parser() {
    "$here/newer.sh" "$newer" tree-sitter=tree-sitter-cli
    rm -rf "$newer/parser"
    cp -r docs/editors/tree-sitter "$newer/parser"
    cd "$newer/parser"
    "$newer/bin/tree-sitter" generate
    "$newer/bin/tree-sitter" build --output qudao.so
}

# What npm brings for VS Code, once for each list of versions. A server of VS Code comes as its sources: what talks to a
# terminal is built here, with the headers of this Node.
vscode() {
    modules=$newer/vscode
    mkdir -p "$modules"
    ! cmp -s "$here/vscode/package-lock.json" "$modules/built" || return 0
    npm ping >/dev/null 2>&1 || exit 69
    cp "$here/vscode/"{package.json,package-lock.json,.npmrc} "$modules"
    cd "$modules"
    npm ci --ignore-scripts --no-audit --no-fund
    cd node_modules/code-server/lib/vscode
    npm install --omit=dev --ignore-scripts --no-audit --no-fund
    cd node_modules/node-pty
    npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
    node "$npm/node_modules/node-gyp/bin/node-gyp.js" rebuild --nodedir="$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")"
    cp "$here/vscode/package-lock.json" "$modules/built"
}

# Brings something, in a shell of its own that stops at what fails. Where the network is missing (69) the test is left out,
# and that is said; whatever else fails ends all. Its `status` is looked at behind it: in a condition, nothing would stop.
brings() {
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    [ $status -ne 69 ] || echo "SKIPPED: no network for: $*" >&2
    [ $status -eq 0 ] || [ $status -eq 69 ] || exit $status
}

cargo build --locked
export VIMRUNTIME=$newer/root/usr/share/nvim/runtime HELIX_RUNTIME=$newer/root/usr/lib/hx/runtime QUDAO_BIN=$PWD/target/debug
for test in "${tests[@]}"; do
    echo "editors: $test"
    case $test in
        tree-sitter)
            brings "$here/newer.sh" "$newer" tree-sitter=tree-sitter-cli
            [ $status -eq 0 ] || continue
            TREE_SITTER=$newer/bin/tree-sitter cargo test --locked --test suite tree_sitter -- --include-ignored
            ;;
        neovim)
            brings "$here/newer.sh" "$newer" nvim=neovim
            [ $status -eq 0 ] || continue
            brings parser
            [ $status -eq 0 ] || continue
            "$newer/bin/nvim" -l tests/editors-real/neovim.lua "$newer/bin/nvim" "$newer/parser/qudao.so"
            ;;
        helix)
            brings "$here/newer.sh" "$newer" nvim=neovim hx=hx
            [ $status -eq 0 ] || continue
            brings parser
            [ $status -eq 0 ] || continue
            "$newer/bin/nvim" -l tests/editors-real/helix.lua "$newer/bin/hx" "$newer/parser/qudao.so"
            ;;
        vscode)
            brings "$here/newer.sh" "$newer" rg=ripgrep
            [ $status -eq 0 ] || continue
            brings vscode
            [ $status -eq 0 ] || continue
            (cd docs/editors/vscode && npm ci --ignore-scripts --no-audit --no-fund)
            # Lists of files are drawn late where VS Code has just been built and starts for the first time.
            for try in 1 2 3; do
                status=0
                (cd "$newer/vscode" && RG=$newer/bin/rg node "$here/vscode/extension.mjs") || status=$?
                [ $status -ne 0 ] || break
                echo "editors: vscode failed, try $try of 3" >&2
            done
            [ $status -eq 0 ] || exit $status
            ;;
        *)
            echo "there is no test of that name" >&2
            exit 1
            ;;
    esac
done
