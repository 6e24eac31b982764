"""Whose phones the page shows."""

from dataclasses import dataclass
from typing import Final

from sandbox.telegram import TelegramSandbox, id_of

ADMIN: Final = "admin"


@dataclass(frozen=True)
class Persona:
    """A person with a phone on the page; `role` is customer or admin."""

    name: str
    language: str = "en"
    role: str = "customer"
    note: str = ""

    @property
    def id(self) -> int:
        """The Telegram id, the same in every run."""
        return id_of(self.name)


CAST: Final = (
    Persona("Ada", note="a customer"),
    Persona("Ben", note="wants the same time"),
    Persona("Mina", "bn", note="writes Bengali"),
    Persona("Nora", role=ADMIN, note="owns the shop"),
)


def introduce(telegram: TelegramSandbox, cast: tuple[Persona, ...]) -> None:
    """Make the people known to Telegram, unless they are already."""
    for persona in cast:
        if persona.id not in telegram.server.people.known:
            telegram.person(persona.id, first_name=persona.name, language_code=persona.language)
