"""Named points a process may be stopped at: how tests kill it before and after every commit."""

from collections.abc import Callable

Hook = Callable[[str], None]


def _pass(_name: str) -> None:
    """Do nothing, as in production."""


class _InUse:
    hook: Hook = staticmethod(_pass)


def use(hook: Hook | None) -> None:
    """Call `hook` with the name of every point from now on; None turns it off."""
    _InUse.hook = hook or _pass


def reach(name: str) -> None:
    """Say that the program has come to a point, named like "hold.before_commit"."""
    _InUse.hook(name)
