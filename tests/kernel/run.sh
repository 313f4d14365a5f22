#!/usr/bin/env bash
# Speaks to this project's Jupyter kernel as Jupyter's own tools do: jupyter_kernel_test, nbclient, nbmake, broken messages.
# It changes no notebook, and no kernel that the reader has installed.
#
#     bash tests/kernel/run.sh                  # everything
#     bash tests/kernel/run.sh -k interrupt     # what follows goes to pytest
#     bash tests/kernel/run.sh bench drags forward-pass    # benches/drags.py, beside ipykernel; the path of ours
#
# It needs Python 3.10 or newer and cargo. What it installs goes into FORWARD_PASS_KERNEL_CACHE
# (default: the user's cache folder), so that only the first run is a slow one. FORWARD_PASS is the command to test
# (default: cargo's).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../python.sh"
root=$(cd "$here/../.." && pwd)

folder=${FORWARD_PASS_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-kernel}
if [ "${1:-}" = bench ]; then
    bench=$root/benches/${2:?which one? drags}
    python_environment "$folder" "$bench.txt"
    export JUPYTER_PATH=$venv/share/jupyter JUPYTER_NO_CONFIG=1
    exec "$venv/bin/python" "$bench.py" "${@:3}"
fi
python_environment "$folder" "$here/requirements.txt"

command=${FORWARD_PASS:-}
if [ -z "$command" ]; then
    cargo build --locked --manifest-path "$root/Cargo.toml"
    target=$(cargo metadata --locked --no-deps --format-version 1 --manifest-path "$root/Cargo.toml" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
    command=$target/debug/forward-pass
fi

# Registered here only.
"$command" kernel install --prefix "$cache/prefix" > /dev/null
export JUPYTER_PATH=$cache/prefix/share/jupyter JUPYTER_NO_CONFIG=1
cd "$here"
exec "$venv/bin/python" -m pytest -q -rs -p no:cacheprovider "$@" .
