"""python -m tests.simulation --steps 1000 --seed 7 --db sqlite"""

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests import engines
from tests.simulation.run import simulate, written
from tests.simulation.times import run


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    words = parser.parse_args()
    seed = words.seed or secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        opened = (
            engines.sqlite_engine(Path(folder))
            if words.db == "sqlite"
            else engines.postgres_engine()
        )
        with opened as engine:
            began = time.monotonic()
            outcome = run(simulate(engine, seed=seed, steps=words.steps))
            took = time.monotonic() - began
    print(f"{outcome.steps / took:.0f} steps/s")
    if outcome.violation:
        print("\n".join(outcome.story[-60:]))
    print(f"{outcome.steps} steps, {int(outcome.violation is not None)} violations")
    return int(outcome.violation is not None)


if __name__ == "__main__":
    sys.exit(main())
