"""python -m tests.mutants --only seat-twice"""

import argparse
import sys
import time
from collections.abc import Sequence

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
    began, at = time.monotonic(), commit()
    if wrong := _whole(chosen):
        print(f"the tests fail without any mutant: {wrong.outcome} {wrong.why}", file=sys.stderr)
        return 1
    verdicts = {}
    for mutant in chosen:
        verdicts[mutant.name] = verdict = verdict_of(mutant)
        print(f"{verdict.outcome:8}  {mutant.name:38} {verdict.why}", flush=True)
    loose = [name for name, one in verdicts.items() if one.outcome != Outcome.CAUGHT]
    print(f"{len(chosen) - len(loose)} of {len(chosen)} caught")
    if not words.only:
        figures = {
            "caught": len(chosen) - len(loose),
            "not_caught": loose,
            "seconds": round(time.monotonic() - began),
        }
        write("mutants", "sqlite", ["R29"], "make mutants", len(chosen), not loose, figures, at=at)
    return int(bool(loose))


def _whole(chosen: Sequence[Mutant]) -> Verdict | None:
    """Run the same tests on the product as it is; say what is wrong with them, if anything."""
    with copied() as root:
        for cases in sorted({one.chosen for one in chosen}):
            tests = sorted({test for one in chosen if one.chosen == cases for test in one.tests})
            verdict = tested(root, tests, cases)
            if verdict.outcome != Outcome.SURVIVED:
                return verdict
    return None


if __name__ == "__main__":
    sys.exit(main())
