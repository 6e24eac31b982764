"""Break a copy of the product in one place, and see whether its tests miss what is gone."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.families.record import ROOT
from tests.mutants.mutant import Mutant

PASSED, FAILED, NONE_CHOSEN = 0, 1, 5
# a module that cannot be imported, or a name that is not there, is no guard taken out
BROKEN = ("ImportError", "ModuleNotFoundError", "NameError", "SyntaxError", "UnboundLocalError")


PYTEST = (
    *("nice", "-n", "5", sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"),
    *("--timeout=60", "-o", "junit_family=legacy"),  # the other kind refuses record_property
)


class Outcome(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    NOT_RUN = "NOT RUN"
    """Its tests were skipped, or there are none."""
    BROKEN = "BROKEN"
    """It shows nothing: what was broken is more than a guard."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run of some tests ended, and the first word of why."""

    outcome: Outcome
    why: str = ""


@contextmanager
def copied() -> Iterator[Path]:
    """Give a copy of the working tree, as far as git knows it."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory(prefix="booking-whole-") as folder:
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, path)
        yield Path(folder)


def verdict_of(mutant: Mutant, whole: Path) -> Verdict:
    """Break a copy of a copy in this way and run the tests that must miss it.

    What Python has compiled of the whole one is used again, except for the file that is broken.
    """
    with tempfile.TemporaryDirectory(prefix="booking-mutant-") as folder:
        root = Path(folder, "broken")
        shutil.copytree(whole, root, symlinks=True)
        mutant.put_into(root)
        return tested(root, mutant.tests, mutant.chosen)


def tested(root: Path, tests: Sequence[str], chosen: str) -> Verdict:
    """Run some tests of a copy, up to the first that fails."""
    report = root / ".report.xml"
    words = [*PYTEST, f"--junit-xml={report}", *(["-k", chosen] if chosen else [])]
    done = subprocess.run(
        [*words, *(f"tests/{test}" for test in tests)],
        check=False,
        cwd=root,
        capture_output=True,
        text=True,
        env=_environment(root),
    )
    cases = list(ET.parse(report).iter("testcase")) if report.exists() else []
    return _judged(done.returncode, cases)


def _environment(root: Path) -> dict[str, str]:
    """Return the surroundings of a run of its own, also where pytest runs around it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**ours, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": ""}


def _judged(code: int, cases: Sequence[ET.Element]) -> Verdict:
    failures = [one.get("message", "") for case in cases for one in case.iter("failure")]
    errors = [one.get("message", "") for case in cases for one in case.iter("error")]
    why = next(iter((*failures, *errors)), "").partition("\n")[0][:120]
    if code == FAILED and failures:
        return Verdict(Outcome.BROKEN if why.startswith(BROKEN) else Outcome.CAUGHT, why)
    if code in {PASSED, NONE_CHOSEN}:
        ran = any(case.find("skipped") is None for case in cases)
        return Verdict(Outcome.SURVIVED if ran else Outcome.NOT_RUN)
    return Verdict(Outcome.BROKEN, why or f"pytest ended with {code}")
