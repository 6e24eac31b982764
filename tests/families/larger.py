"""Run the tests of some families in full, the slow ones too, and keep the result in docs/runs.

python -m tests.families.larger restore --db sqlite
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.families.record import ROOT, write

LARGER = {
    "race": ["tests/journeys/test_race.py", "tests/db/test_claims.py"],
    "around-the-end": ["tests/journeys/test_around_the_end.py"],
    "fuzz": ["tests/journeys/test_malformed.py"],
    "machine": ["tests/simulation/test_machine.py"],
    "signatures": ["tests/hostile/test_stripe_webhook.py"],
    "forget": ["tests/journeys/test_forget.py"],
    "upgrade": ["tests/db/test_upgrade.py"],
    "restore": ["tests/journeys/test_restore.py"],
}
HOW_MANY = {
    "fuzz": ("UPDATES", "BOOKING_BOT_TEST_UPDATES"),
    "machine": ("EXAMPLES", "BOOKING_BOT_TEST_EXAMPLES"),
    "signatures": ("FORGERIES", "BOOKING_BOT_TEST_FORGERIES"),
}


def arguments():
    parser = argparse.ArgumentParser(prog="make larger", description=__doc__)
    parser.add_argument("what", choices=LARGER)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument(
        "--number", type=int, default=0, help="of fuzz, machine, signatures: how many"
    )
    return parser.parse_args()


def main() -> int:
    words, began = arguments(), time.monotonic()
    environment = dict(os.environ)
    command = f"make larger WHAT={words.what} DB={words.db}"
    if words.number and words.what in HOW_MANY:
        name, variable = HOW_MANY[words.what]
        environment[variable] = str(words.number)
        command = f"make {words.what} {name}={words.number} DB={words.db}"
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "families.json"
        pytest = [sys.executable, "-m", "pytest", "-q", "--timeout=3600", f"--families={told}"]
        chosen = [*LARGER[words.what], "-k", words.db]
        subprocess.run([*pytest, *chosen], check=False, cwd=ROOT, env=environment)
        tests = json.loads(told.read_text())["tests"].values()
    passed = bool(tests) and not any(one["failed"] + one["skipped"] for one in tests)
    families = sorted({name for one in tests for name in one["families"]})
    runs = sum(one["runs"] for one in tests)
    figures = {"seconds": round(time.monotonic() - began), "tests": len(tests)}
    file = write(words.what, words.db, families, command, runs, passed, figures)
    print(f"{file.relative_to(ROOT)}: {runs} cases, {'passed' if passed else 'failed'}")
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main())
