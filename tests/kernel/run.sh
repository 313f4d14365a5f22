#!/usr/bin/env bash
# Speaks to this project's Jupyter kernel as Jupyter's own tools do: jupyter_kernel_test, nbclient, nbmake, broken messages.
# It changes no notebook, and no kernel that the reader has installed.
#
#     bash tests/kernel/run.sh                  # everything
#     bash tests/kernel/run.sh -k interrupt     # what follows goes to pytest
#
# It needs Python 3.10 or newer and cargo. What it installs goes into FORWARD_PASS_KERNEL_CACHE
# (default: the user's cache folder), so that only the first run is a slow one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

cache=${FORWARD_PASS_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-kernel}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

# A new list of requirements gets a new environment.
venv=$cache/venv-$(cksum < "$here/requirements.txt" | cut -d ' ' -f 1)
if [ ! -e "$venv/ready" ]; then
    echo "making a Python environment in $venv"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    touch "$venv/ready"
fi

# Registered here only.
cargo build --locked --manifest-path "$root/Cargo.toml"
target=$(cargo metadata --locked --no-deps --format-version 1 --manifest-path "$root/Cargo.toml" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
"$target/debug/forward-pass" kernel install --prefix "$cache/prefix" > /dev/null
export JUPYTER_PATH=$cache/prefix/share/jupyter JUPYTER_NO_CONFIG=1
cd "$here"
exec "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@" .
