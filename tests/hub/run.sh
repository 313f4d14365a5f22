#!/usr/bin/env bash
# A class on this machine: JupyterHub on the loopback interface, with the settings of docs/teaching, and students who work
# at once. It prints one line of JSON for each size.
#
#     bash tests/hub/run.sh                                # 1, 5 and 20 students, ten minutes
#     bash tests/hub/run.sh --students 3 --seconds 20 --period 5
#
# It needs Python 3.10 or newer, Node.js and cargo, and Linux. Section 2 is warmed into a shared cache first; each student
# has a home of his own and nothing in it. What it installs goes into FORWARD_PASS_HUB_CACHE (default: the user's cache
# folder). FORWARD_PASS is the command to test (default: cargo's). It makes no system users, and ends what it starts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../python.sh"
root=$(cd "$here/../.." && pwd)

if ! command -v npm > /dev/null; then
    echo "skipped: JupyterHub's proxy needs Node.js (on Debian: apt-get install nodejs npm)"
    exit 0
fi
python_environment "${FORWARD_PASS_HUB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-hub}" "$here/requirements.txt"
cp "$here/package.json" "$cache/"
(cd "$cache" && npm install --silent --no-audit --no-fund)

command=${FORWARD_PASS:-}
if [ -z "$command" ]; then
    (cd "$root" && cargo build --locked)
    command=${CARGO_TARGET_DIR:-$root/target}/debug/forward-pass
fi
mkdir -p "$cache/bin"
ln -sf "$(realpath "$command")" "$cache/bin/forward-pass"
export PATH=$cache/bin:$venv/bin:$cache/node_modules/.bin:$PATH

# The students have homes of their own, and the toolchain of the caller.
export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
export JUPYTER_PATH=$cache/prefix/share/jupyter JUPYTER_NO_CONFIG=1
# Not emptied: what is built from the same sources is found again.
export FORWARD_PASS_CACHE_SHARED=$cache/shared
forward-pass warm --to "$FORWARD_PASS_CACHE_SHARED" "$root/notebooks/en/02-sigmoid.ipynb"
forward-pass kernel install --prefix "$cache/prefix" > /dev/null
exec "$venv/bin/python" "$here/run.py" "$@"
