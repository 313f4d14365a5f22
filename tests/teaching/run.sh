#!/usr/bin/env bash
# An assignment made from the chapter's exercises, handed in right and wrong, and graded by nbgrader on our kernel.
#
#     bash tests/teaching/run.sh                  # everything, minutes
#     bash tests/teaching/run.sh -k sigmoid       # what follows goes to pytest
#
# It needs Python 3.10 or newer and cargo. What it installs goes into FORWARD_PASS_TEACHING_CACHE (default: the user's
# cache folder), so that only the first run is a slow one. FORWARD_PASS is the command to test (default: cargo's).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../python.sh"
root=$(cd "$here/../.." && pwd)

python_environment "${FORWARD_PASS_TEACHING_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-teaching}" \
    "$here/requirements.txt"

command=${FORWARD_PASS:-}
if [ -z "$command" ]; then
    (cd "$root" && cargo build --locked)
    command=${CARGO_TARGET_DIR:-$root/target}/debug/forward-pass
fi
# Registered here only.
"$command" kernel install --prefix "$cache/prefix" > /dev/null
export JUPYTER_PATH=$cache/prefix/share/jupyter JUPYTER_NO_CONFIG=1 PATH=$venv/bin:$PATH
FORWARD_PASS_COMMAND=$(realpath "$command")
export FORWARD_PASS_COMMAND
cd "$here"
exec "$venv/bin/python" -m pytest -q -rs -p no:cacheprovider "$@" .
