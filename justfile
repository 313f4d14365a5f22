# Shorthands; `just --list` shows them. Everything also works without just.

# The gate: what must hold for every commit.
ci:
    .ci/run

# What is slow and rarely red: hard input from new seeds, libFuzzer, and the library on other systems.
long:
    .ci/long

# All tests on our own engine; `just test runner` runs one part (see CONTRIBUTING.md).
test part="":
    cargo test --locked --test it {{part}}

# The chapter at a prompt.
repl *arguments:
    cargo run --locked -- repl {{arguments}}

# The pictures of the README, from real runs.
pictures:
    python3 docs/pictures/make.py
