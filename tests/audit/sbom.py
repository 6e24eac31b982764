"""make sbom: what the product is made of, in CycloneDX JSON, from the list it is installed by."""

import subprocess
import sys
from pathlib import Path

from tests.audit.tools import ROOT, NoTools, ready

GOAL = ROOT / "dist/sbom.json"


def write(goal: Path) -> None:
    """Write the list; needs no service."""
    goal.parent.mkdir(exist_ok=True)
    words = [ready() / "cyclonedx-py", "requirements", ROOT / "requirements-run.lock"]
    words += ["--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "--validate"]
    words += ["--output-format=JSON", "--spec-version=1.6", f"--output-file={goal}"]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoTools(done.stderr)


if __name__ == "__main__":
    try:
        write(GOAL)
    except NoTools as reason:
        sys.exit(f"no list was written: {reason}")
    print(GOAL.relative_to(ROOT))
