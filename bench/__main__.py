"""Run every bench; exit 1 when a ratio was missed: `python -m bench`."""

import sys

from bench import taps, webhook


def main() -> None:
    """Run all, even after a miss."""
    met = [bench.main() for bench in (webhook, taps)]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
