#!/usr/bin/env bash
# The command on Windows, tried under Wine: built with mingw, with the real rustc.exe and cargo.exe of a Windows toolchain.
#
#     apt-get install wine64 gcc-mingw-w64-x86-64
#     bash tests/windows/run.sh                # everything; the first time takes half an hour on two cores
#     bash tests/windows/run.sh cells repl     # some parts
#
# FORWARD_PASS_EXE names a program that is already built; FORWARD_PASS_ACCEPT=1 stores what the cells showed. The part `data`
# needs a folder with the four files of MNIST, in FORWARD_PASS_MNIST; the part `kernel` needs Python 3.10 or newer.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
here=$root/tests/windows
target=x86_64-pc-windows-gnu
version=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
cache=${FORWARD_PASS_WINDOWS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-ci/windows}
mkdir -p "$cache/cargo" "$cache/work"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}

wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
for program in "$wine" x86_64-w64-mingw32-gcc rustup; do
    if ! command -v "$program" > /dev/null; then
        echo "skipped: there is no $program (Debian: apt-get install wine64 gcc-mingw-w64-x86-64)"
        exit 0
    fi
done
in_wine() { printf 'Z:%s' "${1//\//\\}"; }

exe=${FORWARD_PASS_EXE:-}
if [ -z "$exe" ]; then
    rustup target add "$target"
    cargo build --locked --target "$target"
    exe=$CARGO_TARGET_DIR/$target/debug/forward-pass.exe
fi
toolchain=$cache/rustup/toolchains/$version-$target
if [ ! -x "$toolchain/bin/rustc.exe" ]; then
    RUSTUP_HOME=$cache/rustup rustup toolchain install "$version-$target" --force-non-host --profile minimal
fi
export WINEPREFIX=$cache/wine WINEDEBUG=-all
[ -d "$WINEPREFIX" ] || "$wine" wineboot -i
shim=$cache/bcryptprimitives.dll
[ -f "$shim" ] || x86_64-w64-mingw32-gcc -shared -o "$shim" "$here/bcryptprimitives.c" -ladvapi32
cp "$shim" "$WINEPREFIX/drive_c/windows/system32/"
# The crates that this machine has, as programs under Wine may have no network.
ln -sfn "${CARGO_HOME:-$HOME/.cargo}/registry" "$cache/cargo/registry"
RUSTUP_HOME=$(in_wine "$cache/rustup")
CARGO_HOME=$(in_wine "$cache/cargo")
FORWARD_PASS_CACHE=$(in_wine "$cache/work/cache")
export RUSTUP_HOME CARGO_HOME FORWARD_PASS_CACHE CARGO_NET_OFFLINE=true

# What hangs is ended, with everything under Wine.
longest=${FORWARD_PASS_LONGEST:-3600}
run() { timeout "$longest" "$wine" "$exe" "$@"; }
server=$(command -v wineserver || echo /usr/lib/wine/wineserver)
trap '"$server" -k 2> /dev/null || true' EXIT
skip() { echo "skipped: $1"; exit 77; }
passed=() skipped=() failed=()
part() {
    local name=$1 begun=$SECONDS end=0
    printf '== %s\n' "$name"
    # In a condition, `set -e` would have no effect.
    set +e
    (set -e; cd "$cache/work"; "part_$name")
    end=$?
    set -e
    case $end in
        0) passed+=("$name ($((SECONDS - begun)) s)") ;;
        77) skipped+=("$name") ;;
        *) echo "FAILED: $name"; failed+=("$name") ;;
    esac
}
# Fails unless the file has each of these texts.
has() {
    local file=$1 text
    shift
    for text in "$@"; do
        grep -qF -- "$text" "$file" || { echo "missing: $text"; cat "$file"; return 1; }
    done
}

part_version() { run --version > version && has version "forward-pass "; }

part_lint() { run lint "$(in_wine "$root/notebooks/en")" "$(in_wine "$root/notebooks/ko")" > lint && has lint "nothing found"; }

# What a file of cells shows, as it is stored beside it.
shows() {
    run cells --timeout 10 "$(in_wine "$here/$1.txt")" | tr -d '\r' > "$1"
    # Thread numbers differ.
    sed -i -E "s/thread '([^']*)' \([0-9]+\)/thread '\1'/g" "$1"
    [ -z "${FORWARD_PASS_ACCEPT:-}" ] || cp "$1" "$here/$1.expected"
    diff "$here/$1.expected" "$1"
}

# Panics, errors, every way to end a process, and what is left after it.
part_cells() { shows cells; }

# Cells that run again when their process has ended.
part_again() { shows again; }

# A folder whose name has a space and Hangul, and lines that end as on Windows.
part_names() {
    mkdir -p "내 폴더"
    printf 'let x = 1;\r\n%%%%\r\nlet s = "a\r\nb";\r\n(x, s.len())\r\n' > "내 폴더/셀.txt"
    (cd "내 폴더" && run cells 셀.txt) | tr -d '\r' > names
    has names '(1, 3)'
}

part_repl() {
    rm -rf new
    run new new > /dev/null
    (cd new && printf 'let x = 20;\nx + 22\npanic!("no")\nx + 1\n:undo\n' | run repl notebooks) > repl 2>&1 || true
    has repl 42 "no" 21 "cannot copy its process"
}

part_new() {
    rm -rf new
    run new new > /dev/null
    (cd new && run test) > tested 2>&1 || { cat tested; return 1; }
    has tested "3 outputs compared"
}

part_export() {
    local notebook form
    notebook=$(in_wine "$root/notebooks/en/01-step-function.ipynb")
    for form in rs md html script; do
        rm -rf "exported-$form" "exported-${form}_files"
        run export --to "$form" -o "exported-$form" "$notebook" > exported 2>&1 || { cat exported; return 1; }
        [ -e "exported-$form" ]
    done
}

# Sections 1 to 6, with every stored output.
part_chapter() {
    local notebooks=() file
    for file in "$root"/notebooks/en/0[1-6]-*.ipynb; do notebooks+=("$(in_wine "$file")"); done
    run test "${notebooks[@]}" > chapter 2>&1 || { tail -60 chapter; return 1; }
    tail -5 chapter
}

# A clone by Git for Windows, which gives lines CR and LF where nothing forbids it.
part_clone() {
    rm -rf clone
    git -c core.autocrlf=true clone -q --depth 1 "file://$root" clone
    if git -C clone ls-files --eol | grep 'w/crlf\|w/mixed'; then return 1; fi
}

# A notebook whose lines end with CR and LF.
part_crlf() {
    rm -rf crlf
    run new crlf > /dev/null
    sed -i 's/$/\r/' crlf/notebooks/*.ipynb
    (cd crlf && run test) > tested 2>&1 || { cat tested; return 1; }
    has tested "3 outputs compared"
    (cd crlf && run lint notebooks) > linted 2>&1 || { cat linted; return 1; }
    has linted "nothing found"
}

# The published files of a data set, from a folder.
part_data() {
    local files=${FORWARD_PASS_MNIST:-}
    [ -n "$files" ] || skip "FORWARD_PASS_MNIST names no folder with the files of MNIST"
    rm -rf fetched
    FORWARD_PASS_MNIST='' run data mnist --from "$(in_wine "$files")" --dir fetched > data 2>&1 || { cat data; return 1; }
    for file in fetched/*; do cmp "$file" "$files/$(basename "$file")"; done
    [ "$(ls fetched | wc -l)" = 4 ]
    FORWARD_PASS_MNIST='' run data mnist --from fetched --dir fetched > data 2>&1
    has data "already complete"
    FORWARD_PASS_MNIST=$(in_wine "$cache/work/fetched") run data list > data 2>&1
    has data "complete and verified"
}

# Jupyter's client on this side, and the kernel under Wine.
part_kernel() {
    command -v python3 > /dev/null || skip "there is no python3"
    rm -rf prefix
    run kernel install --prefix "$(in_wine "$PWD/prefix")" > installed 2>&1 || { cat installed; return 1; }
    (
        source "$root/tests/python.sh"
        python_environment "${FORWARD_PASS_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/forward-pass-kernel}" \
            "$root/tests/kernel/requirements.txt"
        timeout "$longest" "$venv/bin/python" "$here/kernel.py" "$wine" "$(in_wine "$exe")" prefix/share/jupyter/kernels
    )
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(version clone lint data cells again names repl new crlf export kernel chapter)
for name in "${parts[@]}"; do part "$name"; done
printf '\n%s of %s parts passed in %s s\n' "${#passed[@]}" "${#parts[@]}" "$SECONDS"
[ ${#passed[@]} -eq 0 ] || printf '  %s\n' "${passed[@]}"
[ ${#skipped[@]} -eq 0 ] || printf 'skipped: %s\n' "${skipped[*]}"
[ ${#failed[@]} -eq 0 ] || { printf 'failed: %s\n' "${failed[*]}"; exit 1; }
