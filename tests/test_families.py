"""The map of the test families: a missing one is noticed, and the page says what ran."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.families import FAMILIES, record
from tests.families.page import PAGE, TESTS, generated, renewed

ROOT = Path(__file__).parent.parent
OWN = "".join(
    f"""
@pytest.mark.family("{name}")
@pytest.mark.parametrize("case", range(2))
def test_of_{name}(case, record_property):
    record_property("runs", 5)
"""
    for name in FAMILIES
)


def pytest_says(folder: Path, tests: str, *words: str):
    """Run tests of our own under the plugin; give the exit code, the lines and the file."""
    (folder / "test_mine.py").write_text(f"import pytest\n{tests}")
    file = folder / "families.json"
    command = [sys.executable, "-m", "pytest", "-p", "tests.families.plugin", "-c", "/dev/null"]
    command += ["-p", "no:cacheprovider", "--families", str(file), "--rootdir", str(folder)]
    done = subprocess.run(
        [*command, *words, str(folder / "test_mine.py")],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    told = json.loads(file.read_text()) if file.exists() else None
    said = done.stderr + done.stdout
    return done.returncode, said.strip().splitlines(), told


def test_every_family_shown_is_a_success_with_its_cases_counted_over_processes(tmp_path):
    code, said, told = pytest_says(tmp_path, OWN, "-p", "xdist", "-n", "2")
    assert (code, said[-1]) == (0, f"families: all {len(FAMILIES)} shown")
    one = told["tests"]["test_mine.py::test_of_R9"]
    assert one == {"families": ["R9"], "passed": 2, "failed": 0, "skipped": 0, "runs": 10}


WRONG = """
@pytest.mark.family("R8")
def test_skipped(): pytest.skip("no")
@pytest.mark.family("R9")
def test_failed(): assert not "right"
"""


def test_a_family_that_is_missing_skipped_or_failed_is_named_and_fails_the_run(tmp_path):
    code, said, _ = pytest_says(tmp_path, OWN.replace('family("R7")', 'family("R6")') + WRONG)
    assert code == 1
    assert said[-1] == (
        "families: not shown: R7 (no test passed), R8 (a test was skipped), R9 (a test was failed)"
    )


def test_a_family_that_no_test_belongs_to_is_enough_to_fail_the_run(tmp_path):
    code, said, _ = pytest_says(tmp_path, OWN.replace('family("R7")', 'family("R6")'))
    assert (code, said[-1]) == (1, "families: not shown: R7 (no test passed)")


def test_a_family_nobody_knows_is_a_mistake(tmp_path):
    code, said, _ = pytest_says(tmp_path, '@pytest.mark.family("R99")\ndef test_x(): pass\n')
    assert code == 4
    assert "ERROR: test_mine.py::test_x: no such family: ['R99']" in said


def test_the_page_is_the_one_that_the_results_make():
    page = PAGE.read_text()
    assert renewed(page) == page, "make operations"


def test_the_page_names_every_family_and_only_tests_that_exist():
    page = generated()
    assert re.findall(r"^### (R\d+)$", page, re.MULTILINE) == list(FAMILIES)
    named = re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", page)
    assert len(named) >= len(json.loads(TESTS.read_text())["tests"])
    missing = [
        f"{file}::{name}"
        for name, file in named
        if not re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_a_small_run_does_not_take_the_place_of_a_large_one(tmp_path):
    places = {"folder": tmp_path / "runs", "small": tmp_path / "small"}

    def kills(number: int) -> Path:
        command = f"make chaos KILLS={number}"
        return record.write("kills", "sqlite", ["R1"], command, number, True, {}, **places)

    large, small, again = kills(300), kills(200), kills(260)
    assert (large.parent.name, small.parent.name, again) == ("runs", "small", large)
