#!/usr/bin/env bash
# The engine's tests, with the processes of the cells limited to what POSIX has: all of them, or the short part.
#
#     bash tests/posix/run.sh [short]
set -euo pipefail
cd "$(dirname "$0")/../.."

parts=(engine::)
if [ "${1:-}" = short ]; then
    parts=(engine::suites engine::stale engine::system)
fi
skip=()
while read -r test _; do
    case $test in '' | '#'*) ;; *) skip+=(--skip "$test") ;; esac
done < tests/posix/skipped.txt
for part in "${parts[@]}"; do
    FORWARD_PASS_POSIX=1 cargo test --locked ${FORWARD_PASS_FEATURES:-} --test it "$part" -- "${skip[@]}"
done
