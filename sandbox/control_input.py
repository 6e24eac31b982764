"""What a control route was given, checked."""

import json
import math
from dataclasses import dataclass

from aiohttp import web


class WrongInputError(Exception):
    """Say which key of the input is missing, unknown or of the wrong type."""


@dataclass(frozen=True)
class Input:
    """Read the keys of a JSON body or of a query."""

    values: dict[str, object]

    def _get(self, name: str) -> object:
        if self.values.get(name) is None:
            raise WrongInputError(f'"{name}" is missing')
        return self.values[name]

    def text(self, name: str) -> str:
        """Read a string that must be there."""
        value = self._get(name)
        if not isinstance(value, str) or not value:
            raise WrongInputError(f'"{name}" must be a string that is not empty')
        return value

    def user(self, name: str = "user") -> int | str:
        """Read a user: an id or a name."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
            raise WrongInputError(f'"{name}" must be a user id or a name')
        return int(value) if isinstance(value, str) and value.isdigit() else value

    def integer(self, name: str, default: int = 0, *, required: bool = False) -> int:
        """Read a whole number."""
        if not required and self.values.get(name) is None:
            return default
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongInputError(f'"{name}" must be a whole number')
        return value

    def number(
        self, name: str, default: float | None = None, *, minimum: float = -math.inf
    ) -> float:
        """Read a number of at least `minimum`; required when there is no default."""
        if default is not None and self.values.get(name) is None:
            return default
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongInputError(f'"{name}" must be a number')
        if not minimum <= value < math.inf:
            raise WrongInputError(f'"{name}" must be a number of at least {minimum:g}')
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Read a boolean."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise WrongInputError(f'"{name}" must be true or false')
        return value


async def read_input(request: web.Request, known: frozenset[str]) -> Input:
    """Read the JSON object of a POST or the query of a GET, refusing keys that do not exist."""
    values: object = dict(request.query)
    if request.method == "POST":
        try:
            values = json.loads(await request.text() or "{}")
        except ValueError as error:
            raise WrongInputError(f"the body is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise WrongInputError("the body must be a JSON object")
    unknown = sorted(str(name) for name in values if name not in known)
    if unknown:
        raise WrongInputError(f'unknown key "{unknown[0]}"; known: {", ".join(sorted(known))}')
    return Input({str(name): value for name, value in values.items()})
