"""The result of a larger run, kept as a file beside the documents that speak of it."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs/runs"
SMALL = ROOT / ".runs"
RESULTS = (":!docs/runs", ":!docs/operations.md")
"""What a run before this one left behind makes the tree no other."""


def write(
    name: str,
    engine: str,
    families: Sequence[str],
    command: str,
    runs: int,
    passed: bool,
    figures: Mapping[str, Any],
    *,
    at: str = "",
    folder: Path = FOLDER,
    small: Path = SMALL,
) -> Path:
    """Write docs/runs/<name>-<engine>.json and return its path.

    A run that is smaller than the one there is kept beside, in .runs: it shows less.
    `at` is the commit that ran, as `commit` said when the run began; "" asks now.
    """
    path = folder / f"{name}-{engine}.json"
    if path.exists() and json.loads(path.read_text())["runs"] > 1.25 * runs:
        path = small / path.name
    path.parent.mkdir(exist_ok=True)
    written = {
        "families": list(families),
        "command": command,
        "runs": runs,
        "result": "passed" if passed else "failed",
        "date": datetime.now(UTC).date().isoformat(),
        "commit": at or commit(),
        "machine": f"{os.cpu_count()} cores",
        "figures": dict(figures),
    }
    path.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    return path


def commit() -> str:
    """Return the commit that ran, short; with a plus when the tree held more than that."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *RESULTS)
    return (_git("rev-parse", "--short=7", "HEAD") or "unknown") + ("+" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
