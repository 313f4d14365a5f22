#!/usr/bin/env bash
# The chapter's site in a real browser.
#
#     bash tests/site/run.sh          every page in both languages, every moving figure
#     bash tests/site/run.sh short    one page and one figure
#
# It needs Node.js and Chromium, and says so where they are missing. What it installs and builds goes into
# FORWARD_PASS_SITE_CACHE (default: the user's cache folder). FORWARD_PASS is the command to test (default: cargo's).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${FORWARD_PASS_SITE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-site}
mkdir -p "$cache/shots"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ] || ! command -v npm > /dev/null; then
    echo "skipped: the tour needs Node.js and Chromium (on Debian: apt-get install nodejs npm chromium)"
    exit 0
fi
cp "$here/package.json" "$here/tour.mjs" "$cache/"
(cd "$cache" && npm install --silent --no-audit --no-fund)

command=${FORWARD_PASS:-}
if [ -z "$command" ]; then
    (cd "$root" && cargo build --locked --quiet)
    command=${CARGO_TARGET_DIR:-$root/target}/debug/forward-pass
fi
cd "$root"
"$command" site -o "$cache/site" --serve 0 > "$cache/served" &
server=$!
trap 'kill $server 2> /dev/null' EXIT
until address=$(grep -o 'http://[^ ]*' "$cache/served"); do
    kill -0 $server || exit 1
    sleep 0.2
done
node "$cache/tour.mjs" "$address" "$browser" "$cache/shots" "${1:-}"
