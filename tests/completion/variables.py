#!/usr/bin/env python3
"""Writes `variables.json`, the session's variables with their types after each cell, as the engine says them:

    python3 tests/completion/variables.py target/debug/forward-pass
"""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def variables(program, path):
    cells = path.read_text(encoding="utf-8").split("\n%%\n")
    text = "\n%%\n".join(cell.rstrip() + "\n%%\n:vars" for cell in cells)
    run = subprocess.run([program, "cells"], input=text + "\n", capture_output=True, text=True, cwd=HERE / "cells", check=True)
    told = []
    for at, part in enumerate(run.stdout.split("\n--\n")[: 2 * len(cells)]):
        assert "Passed" in part, f"{path.stem}, cell {at // 2}: {part}"
        shown = re.search(r'^result (\{"text/plain": ".*\})$', part, re.M)
        if at % 2:
            lines = json.loads(shown.group(1))["text/plain"].splitlines() if shown else []
            told.append(dict(line.split(": ", 1) for line in lines))
    return told


if __name__ == "__main__":
    found = {path.stem: variables(Path(sys.argv[1]).absolute(), path) for path in sorted((HERE / "cells").glob("*.rs"))}
    text = json.dumps(found, indent=0, sort_keys=True, ensure_ascii=False)
    (HERE / "variables.json").write_text(text + "\n", encoding="utf-8")
