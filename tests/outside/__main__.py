"""python -m tests.outside --db sqlite --part matrix --every 1"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from tests import engines
from tests.families import record
from tests.outside import bulk, matrix, orders, races
from tests.simulation.times import run

FAMILIES = {
    "matrix": ["R9", "R11"],
    "orders": ["R5"],
    "copies": ["R6"],
    "races": ["R10"],
    "bulk": ["R11"],
}


def arguments():
    parser = argparse.ArgumentParser(prog="make outside", description=__doc__)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--part", choices=("", *FAMILIES), default="", help="one part of it")
    parser.add_argument("--every", type=int, default=1, help="play each n-th case only")
    parser.add_argument("--only", default="", help="cells of the matrix whose name holds this")
    return parser.parse_args()


@contextmanager
def an_engine(name: str) -> Iterator[engines.Engine]:
    shm = matrix.SHM if matrix.SHM.is_dir() else None
    with tempfile.TemporaryDirectory(dir=shm) as folder:
        sqlite = name == "sqlite"
        opened = engines.sqlite_engine(Path(folder)) if sqlite else engines.postgres_engine()
        with opened as engine:
            yield engine


def plays(part: str, engine, folder: Path, words) -> tuple[int, dict, dict]:
    """Play a part; gives how many cases, what went wrong in which, and figures."""
    every = words.every
    if part == "matrix":
        chosen = [one for one in matrix.cells() if words.only in str(one)][::every]
        return len(chosen), matrix.play(engine, chosen, tell=told), matrix.figures(chosen)
    if part == "orders":
        numbers = range(0, orders.ORDERS, every)
        return len(numbers), asyncio.run(orders.play(engine, folder, numbers)), {}
    if part == "copies":
        rounds = range(0, 200, every)
        return len(rounds), races.copies(engine, rounds, tell=told), {"copies": races.COPIES}
    if part == "races":
        seeds = range(0, 500, every)
        return len(seeds), races.play(engine, seeds, tell=told), {}
    count = 5000 // every
    wrong, figures = run(bulk.play(engine, folder, count=count))
    return count, wrong, figures


def told(case, error) -> None:
    if error:
        print(f"WRONG {case}\n{error}", flush=True)


def main() -> int:
    words = arguments()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    failed = 0
    for part in [words.part] if words.part else FAMILIES:
        with an_engine(words.db) as engine, tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            runs, wrong, figures = plays(part, engine, Path(folder), words)
        failed += len(wrong)
        took = time.monotonic() - began
        print(f"{part}: {runs} cases, {len(wrong)} wrong, {took:.0f} s", flush=True)
        for case, error in wrong.items():
            print(f"{case}: {str(error)[-2000:]}")
        if words.every == 1 and not words.only:
            command = f"make outside PART={part} DB={words.db}"
            passed, all_figures = not wrong, {**figures, "seconds": round(took)}
            name, families = f"outside-{part}", FAMILIES[part]
            record.write(name, words.db, families, command, runs, passed, all_figures)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
