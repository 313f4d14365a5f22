#!/usr/bin/env bash
# Tests the library's public functions on inputs from libFuzzer, for a number of seconds (default: 600).
#
#     bash tests/fuzz/run.sh 600
#
# It runs on the project's stable Rust: the four flags count every branch, as cargo-fuzz does. libFuzzer itself needs a
# C++ compiler. The corpus, and inputs that caused a panic or took a minute, are kept in the target folder.
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$PWD/../../target}/fuzz

RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing" \
    cargo build --release --locked --target-dir "$target" --target "$(rustc -vV | sed -n 's/^host: //p')"
mkdir -p "$target/corpus"
program=$(echo "$target"/*/release/hard)
exec "$program" "$target/corpus" -artifact_prefix="$target/" -len_control=0 -max_len=2000 -max_total_time="${1:-600}" -timeout=60 -rss_limit_mb=4096 -print_final_stats=1
