#!/usr/bin/env bash
# Runs the notebooks as a reader of Jupyter does: nbclient, the stock Rust kernel, nothing of this project but its library.
# It does not change a notebook, unless `--write` is given.
#
#     bash tests/jupyter/run.sh                              # every notebook
#     bash tests/jupyter/run.sh notebooks/en/03-relu.ipynb   # one of them
#     bash tests/jupyter/run.sh bench kernel forward-pass    # benches/kernel.py, where the stock kernel is; the path of ours
#
# It needs Python 3.10 or newer and cargo. What it installs goes into FORWARD_PASS_JUPYTER_CACHE
# (default: the user's cache folder), so that only the first run is a slow one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../python.sh"

kernel_version=0.22.0

python_environment "${FORWARD_PASS_JUPYTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-jupyter}" "$here/requirements.txt"

# The kernel, from crates.io. A dependency of 0.22 breaks with newer releases: `--locked` takes those it was released with.
# The build folder of whoever calls this script is not the kernel's: sharing it would rebuild both, time and again.
if ! (cargo install --list --root "$cache" | grep -qF "evcxr_jupyter v$kernel_version:"); then
    echo "installing evcxr_jupyter $kernel_version into $cache"
    (cd "$here" && env -u CARGO_TARGET_DIR cargo install --locked evcxr_jupyter --version "$kernel_version" --root "$cache")
fi

# Registered here only: a kernel that the reader has installed is neither used nor changed.
export JUPYTER_PATH=$cache/share JUPYTER_NO_CONFIG=1
if [ ! -e "$cache/share/kernels/rust/kernel.json" ]; then
    "$cache/bin/evcxr_jupyter" --install > /dev/null
fi

# The kernel's own build folder is kept as well: the dependencies of one notebook are those of the next. It writes
# the way to Rust's standard library relative to that folder, one step wrong when both are in the home folder.
export EVCXR_TMPDIR=$cache/build
standard_library=$(cd "$here" && rustc --print target-libdir)
export LD_LIBRARY_PATH=$standard_library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export DYLD_FALLBACK_LIBRARY_PATH=$standard_library
mkdir -p "$EVCXR_TMPDIR"
if [ "${1:-}" = bench ]; then
    exec "$venv/bin/python" "$here/../../benches/${2:?which one? kernel, cells or notebooks}.py" "${@:3}"
fi
exec "$venv/bin/python" "$here/run.py" "$@"
