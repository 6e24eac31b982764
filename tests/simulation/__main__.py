"""python -m tests.simulation --steps 1000 --seed 7 --db sqlite --bug any_amount"""

import argparse
import gc
import json
import secrets
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests import engines
from tests.families.record import write
from tests.simulation.bugs import BUGS
from tests.simulation.run import simulate, written
from tests.simulation.shrink import ENDLESS, Shrinker
from tests.simulation.times import run

SHM = Path("/dev/shm")
"""A disk in memory: its fsync costs nothing."""
GARBAGE = 50_000


def arguments():
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    parser.add_argument("--seeds", type=int, default=0, help="that many runs, kept in docs/runs")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--bug", choices=("", *BUGS), default="", help="a bug to plant")
    parser.add_argument("--script", type=Path, help="actions to do again, one JSON array a line")
    parser.add_argument("--shrink", type=float, default=60, help="seconds to spend on a failure")
    return parser.parse_args()


def read_script(path: Path):
    return [tuple(json.loads(line)) for line in path.read_text().splitlines() if line.strip()]


def counted(steps: int) -> None:
    print(f"{steps} steps so far", file=sys.stderr, flush=True)


def told(outcome, seed: int) -> None:
    """Print a failure and how to see it again."""
    file = Path(tempfile.gettempdir()) / f"simulation-{seed}.jsonl"
    file.write_text(written(outcome.script) + "\n")
    print(f"\nThe shortest failing script found, {len(outcome.script)} actions, seed {seed}:")
    print(written(outcome.script))
    print("\nWhat happened (steps so far, clock, what was done):")
    print("\n".join(outcome.story))
    print(f"\nAgain: python -m tests.simulation --seed {seed} --script {file}")


def many(words) -> int:
    """Run seed after seed, each on a fresh database, and keep what came of it."""
    gc.set_threshold(GARBAGE)
    steps, broken, began = 0, [], time.monotonic()
    with opened_engine(words.db) as engine:
        for seed in range(words.seed or 1, (words.seed or 1) + words.seeds):
            outcome = run(simulate(engine, seed=seed, steps=words.steps))
            steps += outcome.steps
            if outcome.violation:
                broken.append(seed)
                told(outcome, seed)
    figures = {"steps": steps, "broken": broken, "seconds": round(time.monotonic() - began)}
    command = f"make simulate SEEDS={words.seeds} STEPS={words.steps} DB={words.db}"
    write("simulate", words.db, ["R3"], command, words.seeds, not broken, figures)
    print(f"{words.seeds} seeds, {steps} steps, {len(broken)} violations")
    return int(bool(broken))


@contextmanager
def opened_engine(name: str):
    """Open the engine of this name for a while."""
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        sqlite = name == "sqlite"
        opened = engines.sqlite_engine(Path(folder)) if sqlite else engines.postgres_engine()
        with opened as engine:
            yield engine


def main() -> int:
    words = arguments()
    if words.seeds:
        return many(words)
    seed = words.seed or secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    gc.set_threshold(GARBAGE)
    bug = BUGS.get(words.bug)
    script = read_script(words.script) if words.script else None
    steps = ENDLESS if script else words.steps
    with opened_engine(words.db) as engine:
        began = time.monotonic()
        given = {"seed": seed, "steps": steps, "actions": script, "bug": bug}
        outcome = run(simulate(engine, **given, progress=counted))
        took = time.monotonic() - began
        print(f"{took:.0f} s, {outcome.steps / took:.0f} steps a second", flush=True)
        if outcome.violation:
            print("\n".join(outcome.story[-15:]), flush=True)
            shrinker = Shrinker(engine, seed=seed, bug=bug, seconds=words.shrink)
            told(run(shrinker.shrink(outcome)), seed)
    violations = int(outcome.violation is not None)
    print(f"{outcome.steps} steps, {violations} violations")
    return int(violations > 0)


if __name__ == "__main__":
    sys.exit(main())
