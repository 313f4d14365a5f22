# Sourced by the scripts beside this file: one Python environment for each list of requirements.

# `python_environment CACHE REQUIREMENTS` sets `cache`, as an absolute path, and `venv` in it. The first call installs, later
# ones find it; a new list gets a new environment, and one that was left half made is made again.
python_environment() {
    mkdir -p "$1"
    cache=$(cd "$1" && pwd)
    venv=$cache/venv-$(cksum < "$2" | cut -d ' ' -f 1)
    if [ ! -e "$venv/ready" ]; then
        echo "making a Python environment in $venv"
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$2"
        touch "$venv/ready"
    fi
}
