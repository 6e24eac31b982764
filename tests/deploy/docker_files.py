"""A Dockerfile and a .dockerignore, read as an engine reads them."""

import fnmatch
import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Step:
    stage: int
    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """The list an instruction is written as, in JSON."""
        return json.loads(self.rest[self.rest.index("[") :])


def steps(file: Path) -> list[Step]:
    """Every instruction, with the number of its stage."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n", " ", "\n".join(lines))
    found, stage = [], -1
    for line in filter(None, map(str.strip, whole.splitlines())):
        word, _, rest = line.partition(" ")
        stage += word == "FROM"
        found.append(Step(stage, word, rest.strip()))
    return found


def is_ignored(path: str, patterns: list[str]) -> bool:
    """Whether .dockerignore keeps a path from the engine: the last pattern that fits decides."""
    ignored = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!").strip("/")
        if any(_fits(one, wanted) for one in _with_parents(path)):
            ignored = not pattern.startswith("!")
    return ignored


def _with_parents(path: str) -> list[str]:
    own = PurePosixPath(path)
    return [str(one) for one in (own, *own.parents) if str(one) != "."]


def _fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        rest = pattern.removeprefix("**/")
        return any(_fits("/".join(path.split("/")[at:]), rest) for at in range(path.count("/") + 1))
    parts, wanted = path.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatch.fnmatchcase, parts, wanted))


def patterns(file: Path) -> list[str]:
    """The patterns of a .dockerignore, in their order."""
    lines = map(str.strip, file.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]
