#!/usr/bin/env python3
"""Cuts the completion points from the cells beside it: `python3 tests/completion/cut.py > tests/completion/points.jsonl`.

A point is a place in a cell, a few characters into a name. A completion there must offer that name among its first ten.
The draw has a seed: the same cells give the same points.
"""

import json
import random
import re
from pathlib import Path

HERE = Path(__file__).parent
SEED = 20261130
# How many points each category gets, and how much of a name has been typed at most.
SHARE = {
    "own member": (110, 2),
    "own path": (45, 2),
    "own name": (95, 3),
    "std member": (110, 4),
    "std path": (50, 3),
    "use path": (30, 3),
    "macro": (20, 4),
    "keyword": (15, 3),
    "outside": (25, 3),
}
# A name that stands alone is typed at least this far; behind a dot or a path nothing need be typed.
LEAST = {"own name": 2, "std member": 1, "std path": 1, "use path": 1, "macro": 3, "keyword": 2, "outside": 1}
KEYWORDS = "as break const continue else enum false fn for if impl let loop match mod move mut pub return self static "
KEYWORDS += "struct trait true type use where while dyn crate Self"
NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^'\\])'|'[a-z_]+\b""", re.S
)
NAME = re.compile(r"[^\W\d]\w*")


def blank(text):
    """The text with strings, characters, comments and lifetimes as spaces of the same length."""
    return NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def own(plain):
    """What the cells themselves define: items, fields, variants, and names bound by patterns."""
    # Methods that std's types have as well are counted with std's.
    shared = {"add", "cmp", "find", "fmt", "from", "from_str", "get", "index", "next", "partial_cmp", "pop", "push"}
    names = set(re.findall(r"\b(?:fn|struct|enum|trait|type|const|static|mod|macro_rules!)\s+(\w+)", plain))
    names |= set(re.findall(r"^\s*(?:pub\s+)?(\w+)\s*:\s", plain, re.M))
    names |= set(re.findall(r"(\w+)\s*:\s*&?(?:mut )?[A-Z\[&(u]", plain))
    for body in re.findall(r"\benum\s+\w+\s*\{(.*?)\n\}", plain, re.S):
        names |= set(re.findall(r"^\s*([A-Z]\w*)", body, re.M))
    bound = set()
    for pattern in re.findall(r"\b(?:let|for)\s+(?:mut\s+)?([^=:;]*?)(?:=|:|\bin\b)", plain):
        bound |= set(NAME.findall(pattern))
    for pattern in re.findall(r"\|([^|\n]*)\|", plain):
        bound |= set(NAME.findall(pattern))
    return names - shared, bound


def category(plain, found, names, bound, outside):
    """The category of this name, or None if it is not a place to complete at."""
    word, before, after = found.group(), plain[: found.start()], plain[found.end() :]
    line = before.rsplit("\n", 1)[-1]
    if len(word) < 3 or line.lstrip().startswith(":"):
        return None
    if re.search(r"\b(?:fn|struct|enum|trait|type|const|static|mod|macro_rules!)\s+$", before):
        return None
    if re.match(r"\s*use\s", line):
        return "use path" if before.endswith(("::", "{", ", ")) and word not in outside else None
    if word in outside:
        return "outside"
    if before.endswith(".") and not before.endswith(".."):
        return "own member" if word in names else "std member"
    if before.endswith("::"):
        root = re.search(r"(\w+)(?:::<[^>]*>)?::$", before)
        is_own = root and (root.group(1) in names or root.group(1) == "Self") and word in names
        return "own path" if is_own else "std path"
    if after.startswith("!") and not after.startswith("!="):
        return "own name" if word in names else "macro"
    if word in KEYWORDS.split():
        return "keyword" if len(word) > 3 else None
    # Where a name is bound, nothing can know it.
    if re.match(r"\s*:[^:]", after) or re.search(r"\b(?:let|for)(?: mut)? [^=]*$", line) or before.endswith("|"):
        return None
    if word not in names | bound:
        return None
    # It has to be known before the cursor.
    return "own name" if len(re.findall(rf"\b{word}\b", before)) else None


def points():
    random.seed(SEED)
    pools = {name: [] for name in SHARE}
    for path in sorted((HERE / "cells").glob("*.rs")):
        text = path.read_text(encoding="utf-8")
        outside = set(re.findall(r"\w+", " ".join(re.findall(r"^// outside: (.*)$", text, re.M))))
        start = 0
        names, bound = own(blank(text))
        for number, cell in enumerate(text.split("\n%%\n")):
            whole = blank(text[: start + len(cell)])
            for found in NAME.finditer(whole, start):
                kind = category(whole, found, names, bound, outside)
                if kind:
                    pools[kind].append((path.stem, number, found.start() - start, found.group()))
            start += len(cell) + len("\n%%\n")
    drawn = []
    for kind, (share, most) in SHARE.items():
        pool = pools[kind]
        random.shuffle(pool)
        # Each name at most four times in a category, so that `len` and `iter` do not decide.
        seen, taken = {}, []
        for notebook, number, at, word in pool:
            seen[word] = seen.get(word, 0) + 1
            if seen[word] <= 4 and len(taken) < share:
                least = LEAST.get(kind, 0)
                typed = min(random.randint(least, max(least, most)), len(word) - 1)
                taken.append({"notebook": notebook, "cell": number, "at": at + typed, "typed": typed, "want": word, "kind": kind})
        assert len(taken) == share, f"{kind}: {len(taken)} of {share}"
        drawn += taken
    return drawn


if __name__ == "__main__":
    for point in points():
        print(json.dumps(point, ensure_ascii=False))
