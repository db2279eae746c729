#!/usr/bin/env bash
# The package for Python: built, installed into an environment of its own, and tried; its types by two checkers.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo clippy -p qudao-python --locked -- -D warnings
venv=target/python
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
export PATH="$PWD/$venv/bin:$PATH" VIRTUAL_ENV="$PWD/$venv"
pip install --quiet --disable-pip-version-check -r tests/python/requirements.txt
maturin develop --locked --quiet -m src/python/Cargo.toml
pytest --rootdir . --doctest-modules src/python/qudao tests/python "$@"
mypy --config-file src/python/pyproject.toml src/python/qudao tests/python
pyright --project src/python
