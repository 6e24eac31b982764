"""python -m tests.chaos --kills 300 --db sqlite --seed 7, or --minutes 10 for faults, no kills"""

import argparse
import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path

from tests import engines
from tests.chaos.run import PEOPLE_A_SECOND, Plan, chaos, late, weak
from tests.chaos.soak import leaks, soak
from tests.families import record

MINUTE = 60
LONGEST = 300
"""Letters of what is wrong that are kept."""


def arguments():
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--every", type=int, default=50, help="kills between two looks at all")
    parser.add_argument("--minutes", type=float, default=0, help="faults for so long, no kills")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--rate", type=float, default=PEOPLE_A_SECOND, help="people a second")
    return parser.parse_args()


def ran(words, folder: Path, url: str, seed: int):
    """Run what was asked for; gives the report and what is wrong."""
    if words.minutes:
        given = {"seed": seed, "seconds": words.minutes * MINUTE, "rate": words.rate}
        report = asyncio.run(soak(folder, url, **given))
        return report, report.found.wrong + leaks(report)
    plan = Plan(words.kills, words.every, words.rate)
    report = asyncio.run(chaos(folder, url, plan, seed=seed))
    few = weak(report.figures) if words.rate >= PEOPLE_A_SECOND else []
    return report, report.found.wrong + late(report.toll) + few


def main() -> int:
    words = arguments()
    seed = words.seed or secrets.randbelow(1_000_000)
    size = f"soak MINUTES={words.minutes:g}" if words.minutes else f"chaos KILLS={words.kills}"
    rate = "" if words.rate == PEOPLE_A_SECOND else f" RATE={words.rate:g}"
    command = f"make {size} DB={words.db} SEED={seed}{rate}"
    print(command, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        sqlite = words.db == "sqlite"
        opened = (
            engines.sqlite_engine(Path(folder)) if sqlite else engines.postgres_engine(durable=True)
        )
        with opened as engine:
            report, wrong = ran(words, Path(folder), engine.fresh(), seed)
    print(json.dumps(report.figures, indent=2))
    print(f"{len(wrong)} things wrong", *(f"  {one[-3000:]}" for one in wrong), sep="\n")
    runs, families = report.toll.kills, ("R1", "R2", "R12")
    if words.minutes:
        runs, families = round(60 * words.minutes), ("R28",)
    name, passed = command.split()[1], not wrong
    figures = report.figures | {"wrong": [one[:LONGEST] for one in wrong]}
    record.write(name, words.db, families, command, runs, passed, figures)
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main())
