#!/usr/bin/env bash
# The letters of the figures, made from the font with pinned tools.
#
#     bash tests/font/run.sh          fails if src/plot/font/outlines.bin or page.bin is not what the font gives
#     bash tests/font/run.sh write    writes those files
#
# It needs Python 3.11 or newer. What it installs goes into FORWARD_PASS_FONT_CACHE (default: the user's cache folder).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../python.sh"

cache=${FORWARD_PASS_FONT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-font}
python_environment "$cache" "$here/requirements.txt"

export PYTHONDONTWRITEBYTECODE=1
case ${1:-check} in
    check) exec "$venv/bin/python" "$here/outlines.py" --check ;;
    write) exec "$venv/bin/python" "$here/outlines.py" ;;
    *) echo "unknown argument \`$1\`: give \`check\` or \`write\`" >&2; exit 2 ;;
esac
