"""A process of this machine is known by its name, and known to be gone when it is."""

import os
import subprocess
import sys

from db.neighbours import LENGTH, is_gone, who_am_i

TELLS = "import sys; from db.neighbours import who_am_i; print(who_am_i()); sys.stdout.flush()"
NAMED = [sys.executable, "-c", f"{TELLS}; sys.stdin.read()"]


def test_a_process_is_gone_as_soon_as_it_was_killed_even_if_nobody_has_asked_for_its_end():
    pipe = subprocess.PIPE
    with subprocess.Popen(NAMED, stdin=pipe, stdout=pipe, text=True) as process:
        name = process.stdout.readline().strip()
        assert len(name) == LENGTH
        assert int(name[4:10], 16) == process.pid
        assert not is_gone(name)
        process.kill()
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT) is None:
            """A zombie: its number is not free yet."""
        assert is_gone(name)
    assert is_gone(name)


def test_this_process_runs():
    assert not is_gone(who_am_i())


def test_a_process_that_got_the_number_of_another_is_not_that_other():
    mine = who_am_i()
    begun = (int(mine[10:], 16) + 1) % 2**16
    assert is_gone(f"{mine[:10]}{begun:04x}")


def test_of_processes_of_other_machines_nothing_is_known():
    mine = who_am_i()
    elsewhere = f"{int(mine[:4], 16) ^ 1:04x}"
    assert not is_gone(f"{elsewhere}{4_000_000:06x}0000")
    assert not is_gone("")
    assert not is_gone("0123456789abcdef")
