"""pytest --families=FILE: write down what the tests of each family did; fail when one is missing.

A test belongs to a family by @pytest.mark.family("R9"), and says with
record_property("runs", n) how many cases it ran, when they are more than one.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.families import FAMILIES
from tests.families.record import commit


def pytest_addoption(parser) -> None:
    parser.addoption("--families", metavar="FILE", help="write what each test family did")


def pytest_configure(config) -> None:
    if config.getoption("--families") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Register(config), "families")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items) -> None:
    """Let the report of each test carry its families: marks do not travel between processes."""
    for item in items:
        names = {name for mark in item.iter_markers("family") for name in mark.args}
        if unknown := names - set(FAMILIES):
            raise pytest.UsageError(f"{item.nodeid}: no such family: {sorted(unknown)}")
        item.user_properties.extend(("family", name) for name in sorted(names, key=_number))


def _number(name: str) -> int:
    return int(name[1:])


class Register:
    """What became of the tests of each family."""

    def __init__(self, config) -> None:
        self._config, self._file = config, Path(config.getoption("--families"))
        self._tests, self._cases = {}, {}

    def pytest_runtest_logreport(self, report) -> None:
        told = list(map(tuple, report.user_properties))
        if not any(name == "family" for name, _ in told):
            return
        runs = sum(value for name, value in told if name == "runs")
        case = self._cases.setdefault(report.nodeid, {"outcome": "passed", "runs": 1})
        case["runs"] = runs or 1
        case["families"] = [value for name, value in told if name == "family"]
        if report.outcome != "passed" and case["outcome"] != "failed":
            case["outcome"] = report.outcome

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session) -> None:
        for nodeid, case in sorted(self._cases.items()):
            name = nodeid.partition("[")[0].partition("@")[0]
            test = self._tests.setdefault(
                name, {"families": [], "passed": 0, "failed": 0, "skipped": 0, "runs": 0}
            )
            known = {*test["families"], *case["families"]}
            test["families"] = sorted(known, key=_number)
            test[case["outcome"]] += 1
            test["runs"] += case["runs"] if case["outcome"] == "passed" else 0
        written = {
            "date": datetime.now(UTC).date().isoformat(),
            "commit": commit(),
            "machine": f"{os.cpu_count()} cores",
            "tests": self._tests,
        }
        self._file.write_text(json.dumps(written, indent=2) + "\n")
        if self._wrong() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _wrong(self) -> dict[str, str]:
        """Of each family that was not shown: why."""
        wrong = {}
        for name in FAMILIES:
            tests = [one for one in self._tests.values() if name in one["families"]]
            if not any(one["passed"] for one in tests):
                wrong[name] = "no test passed"
            for outcome in ("skipped", "failed"):
                if any(one[outcome] for one in tests):
                    wrong[name] = f"a test was {outcome}"
        return wrong

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Say it after everything else, so that it is the last line."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None:
            return
        told = [f"{name} ({why})" for name, why in self._wrong().items()]
        shown = f"all {len(FAMILIES)} shown" if not told else f"not shown: {', '.join(told)}"
        reporter.write_line(f"families: {shown}")
