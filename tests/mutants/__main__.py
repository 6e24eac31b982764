"""python -m tests.mutants --only seat-twice"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.families.record import commit, write
from tests.mutants.listed import MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.run import Outcome, Verdict, copied, tested, verdict_of


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    names = [mutant.name for mutant in MUTANTS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME")
    words = parser.parse_args()
    chosen = [one for one in MUTANTS if not words.only or one.name in words.only]
    began, at, loose = time.monotonic(), commit(), []
    with copied() as whole:
        if wrong := _wrong(chosen, whole):
            print(f"without a mutant: {wrong.outcome} {wrong.why}", file=sys.stderr)
            return 1
        for mutant in chosen:
            verdict = verdict_of(mutant, whole)
            print(f"{verdict.outcome:8}  {mutant.name:38} {verdict.why}", flush=True)
            if verdict.outcome != Outcome.CAUGHT:
                loose.append(mutant.name)
    print(f"{len(chosen) - len(loose)} of {len(chosen)} caught")
    if not words.only:
        figures = {
            "caught": len(chosen) - len(loose),
            "not_caught": loose,
            "seconds": round(time.monotonic() - began),
        }
        write("mutants", "sqlite", ["R29"], "make mutants", len(chosen), not loose, figures, at=at)
    return int(bool(loose))


def _wrong(chosen: Sequence[Mutant], whole: Path) -> Verdict | None:
    """Run the same tests on the product as it is; say what is wrong with them, if anything."""
    tests = defaultdict(set)
    for mutant in chosen:
        tests[mutant.chosen.partition(" ")[0]].update(mutant.tests)
    for cases, named in tests.items():
        verdict = tested(whole, sorted(named), cases)
        if verdict.outcome != Outcome.SURVIVED:
            return verdict
    return None


if __name__ == "__main__":
    sys.exit(main())
