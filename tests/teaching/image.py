"""The Dockerfile for teachers, read and run without a container engine.

    python3 image.py BASE PROGRAM     # as root; BASE is a root folder like that of the last FROM, and is changed
    python3 image.py BASE             # starts it again

It runs the last stage by `chroot`, with PROGRAM, built in /opt/forward-pass, in place of what the first stage builds. Then it
starts the image as its user, without a network: section 2 must run from end to end, and nothing may be built.
"""

import fnmatch
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "teaching" / "Dockerfile"
KNOWN = {"FROM", "COPY", "RUN", "ENV", "USER", "WORKDIR", "EXPOSE", "ENTRYPOINT", "CMD"}
# What the image `rust` brings.
RUST = {"RUSTUP_HOME": "/usr/local/rustup", "CARGO_HOME": "/usr/local/cargo",
        "PATH": "/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def stages():
    """The instructions of each stage: `[[("FROM", "rust:... AS build"), ...], ...]`."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.M)
    lines = filter(None, map(str.strip, re.sub(r"\\\n\s*", "", text).splitlines()))
    found = []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word not in KNOWN:
            sys.exit(f"{FILE}: unknown instruction `{word}`")
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest.strip()))
    return found


def context():
    """The committed files that the Dockerfile's list of files lets through."""
    rules = (FILE.parent / "Dockerfile.dockerignore").read_text().split("\n")
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], check=True, capture_output=True, text=True)
    files = listed.stdout.splitlines()
    inside = lambda file: any(fnmatch.fnmatch(file, rule) or file.startswith(f"{rule}/") for rule in kept)
    return [file for file in files if inside(file)]


HOMES = {"root": "/root", "1000": "/home/jovyan"}


class Image:
    def __init__(self, base, program):
        self.base, self.program = pathlib.Path(base), program
        self.environment, self.user, self.folder, self.words = dict(RUST), "root", "/", {}

    def step(self, word, rest):
        if word == "RUN":
            self.run(["sh", "-ec", rest])
        elif word == "ENV":
            name, _, value = rest.partition("=")
            self.environment[name] = re.sub(r"\$\{?(\w+)\}?", lambda found: self.environment[found[1]], value)
        elif word == "USER":
            self.user = rest
        elif word == "WORKDIR":
            self.folder = rest
        elif word in ("ENTRYPOINT", "CMD"):
            self.words[word] = json.loads(rest)
        elif word == "COPY":
            self.copy(*rest.split())

    def copy(self, *words):
        source, to = words[-2:]
        target = self.base / to.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if words[0].startswith("--from="):
            shutil.copy2(self.program, target)
        elif source == ".":
            for file in context():
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, target / file)
        else:
            assert source in context(), f"{source} is not let through"
            shutil.copy2(ROOT / source, target)

    def run(self, command, **options):
        environment = self.environment | {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        script = 'cd "$1" && shift && exec "$@"'
        chroot = ["chroot", f"--userspec={self.user}", self.base, "sh", "-c", script, "sh", self.folder, *command]
        prefix = options.pop("prefix", [])
        environment["HOME"] = HOMES[self.user]
        return subprocess.run([*prefix, *chroot], env=environment, check=True, timeout=3000, **options)


# The loopback interface, and no other.
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
NOTEBOOK = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--stdout"]


def starts(image, what, command):
    """Section 2 runs from end to end, and nothing is built."""
    begun = time.time()
    ran = image.run([*image.words["ENTRYPOINT"], *command], prefix=ALONE, stdout=subprocess.PIPE, text=True)
    outputs = json.loads(ran.stdout[ran.stdout.index("{\n"):])["cells"]
    assert any("image/svg+xml" in output.get("data", {}) for cell in outputs for output in cell.get("outputs", ()))
    built = list(image.base.glob("home/*/.cache/forward-pass/deps/*/*"))
    assert not built, f"crates were built: {built}"
    print(f"{what}: {time.time() - begun:.1f} s")


def main():
    base, *program = sys.argv[1:]
    image = Image(base, *program or [None])
    for word, rest in stages()[-1]:
        if program or word not in ("RUN", "COPY"):
            print(f"== {word} {rest}", flush=True)
            image.step(word, rest)
    size = int(subprocess.run(["du", "-sxm", base], check=True, capture_output=True, text=True).stdout.split()[0])
    print(f"the root folder has {size} MB")
    home = image.base / HOMES[image.user].lstrip("/")
    shutil.rmtree(home / ".cache", ignore_errors=True)
    starts(image, f"section 2, as {image.user}, without a network", [*NOTEBOOK, "chapter/02-sigmoid.ipynb"])
    # As a new home is where a quota or a mount for reading allows no files: without the engine's cache, and without the
    # folder that IPython makes, whose settings Jupyter would move to one of its own.
    for name in (".cache", ".ipython"):
        shutil.rmtree(home / name, ignore_errors=True)
    mode = home.stat().st_mode
    home.chmod(0o555)
    try:
        starts(image, "in a home that cannot be written to", [*NOTEBOOK, "chapter/02-sigmoid.ipynb"])
    finally:
        home.chmod(mode)
    bare = ["env", "-i", f"HOME={HOMES[image.user]}", f"RUSTUP_HOME={RUST['RUSTUP_HOME']}", "/opt/jupyter/bin/python3",
            "-m", "jupyter", *NOTEBOOK[1:]]
    starts(image, "without PATH", [*bare, "chapter/02-sigmoid.ipynb"])


if __name__ == "__main__":
    main()
