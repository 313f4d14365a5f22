#!/usr/bin/env bash
# NumPy itself, at the pinned version, beside what the fixtures say of it.
#
#     bash tests/numpy/run.sh              regenerates the fixtures and fails if they differ from the stored ones
#     bash tests/numpy/run.sh write        stores what NumPy says now
#     bash tests/numpy/run.sh bench        prints a million elements with both, and says how long each took
#
# It needs Python 3.11 or newer. What it installs goes into FORWARD_PASS_NUMPY_CACHE (default: the user's cache
# folder), so that only the first run is a slow one. NumPy's dispatch to wider vectors is off: its digits would differ
# by processor.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../python.sh"

python_environment "${FORWARD_PASS_NUMPY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-numpy}" "$here/requirements.txt"

export NPY_DISABLE_CPU_FEATURES="AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V3 X86_V4"
export PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
case ${1:-check} in
    check) exec "$venv/bin/python" "$here/judge.py" --check ;;
    write) exec "$venv/bin/python" "$here/judge.py" ;;
    bench) unset NPY_DISABLE_CPU_FEATURES; exec "$venv/bin/python" "$here/../../benches/printing.py" ;;
    *) echo "no such word: $1; write \`check\`, \`write\` or \`bench\`" >&2; exit 2 ;;
esac
