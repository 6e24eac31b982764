"""make audit: exit code 0 when nothing is known, 1 for findings, 2 for a bad list, 3 for no answer.

A service that does not answer, or does not know a library, is told as that: pip-audit itself ends
well when every library was skipped.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from tests.audit.tools import ROOT, NoTools, ready

FINE, FOUND, BAD_LIST, NO_ANSWER = range(4)
ACCEPTED = Path(__file__).parent / "accepted.toml"
OSV = "https://api.osv.dev/v1/query"


@dataclass
class Answers:
    """What the services said together."""

    asked: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    found: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)

    @property
    def unaudited(self) -> list[str]:
        return sorted(self.asked - self.known)


def arguments():
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--requirements", type=Path, default=ROOT / "requirements-run.lock")
    parser.add_argument("--accepted", type=Path, default=ACCEPTED)
    parser.add_argument("--service", nargs="*", default=["pypi", "osv"], help="who is asked")
    parser.add_argument("--osv-url", default=OSV)
    return parser.parse_args()


def accepted(file: Path, today: date) -> tuple[dict[str, str], list[str]]:
    """The findings that are lived with today and why, and what is wrong with the list."""
    entries = tomllib.loads(file.read_text()).get("accepted", [])
    wrong = [f"{entry}: id, reason and until are needed" for entry in entries if _is_bad(entry)]
    valid = [entry for entry in entries if not _is_bad(entry) and entry["until"] >= today]
    return {entry["id"]: entry["reason"] for entry in valid}, wrong


def _is_bad(entry: dict) -> bool:
    texts = all(isinstance(entry.get(key), str) and entry[key].strip() for key in ("id", "reason"))
    return not texts or type(entry.get("until")) is not date


def ask(programs: Path, words, service: str, answers: Answers) -> None:
    """Add what one service says of every library."""
    command = [programs / "pip-audit", "--disable-pip", "--require-hashes", "--format=json"]
    command += ["--progress-spinner=off", "--timeout=5", "-r", words.requirements]
    command += [f"--vulnerability-service={service}", f"--osv-url={words.osv_url}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        libraries = json.loads(done.stdout)["dependencies"]
    except ValueError:
        lines = done.stderr.strip().splitlines() or ["no answer"]
        answers.silent.append(f"{service}: {lines[-1][:300]}")
        return
    for library in libraries:
        answers.asked.add(library["name"])
        if "skip_reason" in library:
            continue
        answers.known.add(library["name"])
        for one in library["vulns"]:
            key = f"{library['name']} {library['version']}", one["id"]
            answers.found.setdefault(key, set()).update(one["aliases"], one["fix_versions"])
    if not answers.known:
        answers.silent.append(f"{service}: knows none of the libraries")


def verdict(answers: Answers, lived_with: dict[str, str]) -> int:
    """Say what was found, and return the exit code."""
    counting = 0
    for (library, name), others in sorted(answers.found.items()):
        reasons = [lived_with[one] for one in (name, *others) if one in lived_with]
        counting += not reasons
        told = f"accepted: {reasons[0]}" if reasons else ", ".join(sorted(others))
        print(f"{library}: {name} ({told})")
    if counting:
        print(
            f"{counting} known vulnerabilities: update, or tests/audit/accepted.toml says why not"
        )
        return FOUND
    if answers.unaudited or not answers.asked:
        for line in answers.silent:
            print(line)
        print(f"NOT AUDITED: {len(answers.unaudited) or 'all'} libraries. This is no pass.")
        return NO_ANSWER
    print(f"{len(answers.asked)} libraries, no vulnerability known that counts")
    return FINE


def main() -> int:
    words, answers = arguments(), Answers()
    lived_with, wrong = accepted(words.accepted, datetime.now(UTC).date())
    if wrong:
        print("\n".join(wrong))
        return BAD_LIST
    try:
        programs = ready()
    except NoTools as reason:
        print(f"pip-audit could not be installed: {reason}\nNOT AUDITED. This is no pass.")
        return NO_ANSWER
    for service in words.service:
        if not answers.asked or answers.unaudited:
            ask(programs, words, service, answers)
    return verdict(answers, lived_with)


if __name__ == "__main__":
    sys.exit(main())
