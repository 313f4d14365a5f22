#!/usr/bin/env bash
# Tries the library's public functions on inputs that libFuzzer makes up, for so many seconds (600 if not said).
#
#     bash tests/fuzz/run.sh 600
#
# On the project's own stable Rust: the four flags have every branch counted, as cargo-fuzz does. libFuzzer itself needs a
# C++ compiler. What it learned, and an input that made something panic or took a minute, stay in the target folder.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$PWD/../../target}/fuzz

RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing" \
    cargo build --release --locked --target-dir "$target" --target "$(rustc -vV | sed -n 's/^host: //p')"
mkdir -p "$target/corpus"
program=$(echo "$target"/*/release/hard)
exec "$program" "$target/corpus" -artifact_prefix="$target/" -len_control=0 -max_len=2000 -max_total_time="${1:-600}" -timeout=60 -rss_limit_mb=4096 -print_final_stats=1
