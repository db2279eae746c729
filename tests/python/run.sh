#!/usr/bin/env bash
# The package for Python: built, installed into an environment of its own, and tried, in a cluster of Spark too; its
# types by two checkers.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo clippy -p qudao-python --locked -- -D warnings
venv=target/python
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
export PATH="$PWD/$venv/bin:$PATH" VIRTUAL_ENV="$PWD/$venv"
pip install --quiet --disable-pip-version-check -r tests/python/requirements.txt
if ! command -v java >/dev/null; then
    sudo=$(if [ "$(id -u)" != 0 ]; then echo sudo; fi)
    $sudo apt-get update
    $sudo apt-get install -y --no-install-recommends openjdk-17-jre-headless
fi
maturin develop --locked --quiet -m src/python/Cargo.toml
pytest --rootdir . --doctest-modules --doctest-glob python.md src/python/qudao tests/python docs/python.md "$@"
mypy --config-file src/python/pyproject.toml src/python/qudao tests/python
pyright --project src/python
