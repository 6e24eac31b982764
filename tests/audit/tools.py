"""pip-audit and cyclonedx-bom in a venv of their own: no dependency of the product."""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOCK = Path(__file__).parent / "tools.lock"
VENV = ROOT / ".audit"


class NoTools(Exception):
    """They could not be installed."""


def ready() -> Path:
    """Make the venv when it is not there or was made of another list; gives its programs."""
    VENV.mkdir(exist_ok=True)
    mark, wanted = VENV / ".filled", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    with (VENV / ".lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_text() != wanted:
            _fill()
            mark.write_text(wanted)
    return VENV / "bin"


def _fill() -> None:
    """Install by hash; whoever else is at it waits."""
    pip = [VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
    for words in (
        [sys.executable, "-m", "venv", VENV],
        [*pip, "--require-hashes", "-r", LOCK],
    ):
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        if done.returncode:
            raise NoTools(done.stderr.strip().splitlines()[-1])
