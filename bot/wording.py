"""Small words of the command line's English."""


def counted(number: int, noun: str) -> str:
    """Return the number with its noun, which gets an s unless there is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_line(error: object) -> str:
    """Return what an error says first; libraries go on with advice and details."""
    return next(iter(str(error).strip().splitlines()), "").strip()
