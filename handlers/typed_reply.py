"""A text written at a step of a draft, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from booking.catalog import Service
from booking.catalog_store import shelf
from booking.choices import Choices, Step
from booking.errors import ServiceGone
from booking.ports import Environment
from db.models import Draft
from handlers.words import Words

Meaning = tuple[Step | None, dict[str, Any]]
"""The step to go to (None: whatever is missing next) and the changed fields of Choices."""


class NotUnderstood(Exception):
    """The text does not answer the question; `key` names the text that says what would.

    `step` and `changes` keep what could be understood of it all the same.
    """

    def __init__(
        self, key: str, step: Step | None = None, changes: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(key)
        self.key, self.step, self.changes = key, step, changes or {}

    @property
    def is_full(self) -> bool:
        """Tell whether it was understood and only is not free."""
        return self.key.endswith("_full")


@dataclass(frozen=True, slots=True)
class Reply:
    """A text written at a step of a draft."""

    env: Environment
    words: Words
    customer_id: int
    draft: Draft
    choices: Choices
    said: str
    """Already clean, see handlers/written.py."""

    @property
    def today(self) -> date:
        """Return the shop's day."""
        return self.env.clock.now().astimezone(self.env.shop.timezone).date()

    async def service(self) -> Service:
        """Return the chosen service; raise ServiceGone."""
        service = (await shelf()).service(self.choices.service or "")
        if service is None:
            raise ServiceGone
        return service
