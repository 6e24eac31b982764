"""Run every bench in a process of its own; exit 1 when one missed: `python -m bench`."""

import subprocess
import sys

BENCHES = ("availability", "month", "jobs", "sweeps", "webhook", "taps", "confirm", "start")


def main() -> None:
    """Run all, even after a miss."""
    missed = []
    for name in BENCHES:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            missed.append(name)
    print(f"\nmissed: {', '.join(missed) or 'none'}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
