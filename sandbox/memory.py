"""The pretend world kept in a file, so that a demo goes on where it was."""

import os
import pickle
from pathlib import Path
from typing import Any, BinaryIO, Final

from sandbox.clock import SandboxClock
from sandbox.stripe.store import Ids, Store
from sandbox.stripe.webhooks import Webhooks
from sandbox.stripe.words import words
from sandbox.telegram.server import Server

VERSION: Final = 3
SKIPPED: Final = 1000
"""Numbers left out after a restart: what was given out since the last save is not given again."""
STORE: Final = words(
    "timers sessions line_items products intent_data payment_intents charges numbers refunds "
    "disputes balance_transactions events endpoints secrets keys limits"
)
WEBHOOKS: Final = words("attempts arrived")
SERVER: Final = words("people token webhook files settings revision")


class UnreadableWorldError(Exception):
    """The file was made by another version, or is damaged."""


class Memory:
    """Save what Telegram and Stripe remember, and bring it back."""

    def __init__(
        self, clock: SandboxClock, server: Server, store: Store, webhooks: Webhooks
    ) -> None:
        self._clock, self._server = clock, server
        self._store, self._webhooks = store, webhooks
        # what is made anew at each start, and only referred to by what is kept
        self._living: dict[str, object] = {"store": store, "webhooks": webhooks}

    def save(self, file: Path, address: str) -> None:
        """Write everything, whole or not at all; `address` is where the world is reached."""
        draft = file.with_name(f"{file.name}.new")
        with draft.open("wb") as stream:
            _Pickler(stream, self._living).dump(self._picture() | {"address": address})
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)

    def load(self, file: Path) -> str:
        """Bring everything back, and give the address it had; raise UnreadableWorldError."""
        try:
            with file.open("rb") as stream:
                picture = _Unpickler(stream, self._living).load()
            fits = picture["version"] == VERSION
        except Exception as error:
            raise UnreadableWorldError(f"{file}: cannot be read") from error
        if not fits:
            raise UnreadableWorldError(f"{file}: was made by another version")
        self._restore(picture)
        return str(picture["address"])

    def mark(self) -> object:
        """Return something that differs when there is something new to save."""
        server, store = self._server, self._store
        sizes = [len(getattr(store, name)) for name in STORE if name != "timers"]
        attempts = sum(len(tries) for tries in self._webhooks.attempts.values())
        inbox = server.inbox.last_id, len(server.inbox.waiting), len(server.settings)
        states = [one["status"] for one in store.sessions.values()]
        return server.revision, inbox, sizes, states, attempts, round(self._clock.ahead)

    def _picture(self) -> dict[str, Any]:
        server = self._server
        return {
            "version": VERSION,
            "ahead": self._clock.ahead,
            "server": {name: getattr(server, name) for name in SERVER},
            "chats": server.chats(),
            "inbox": (server.inbox.waiting, server.inbox.wanted, server.inbox.last_id),
            "store": {name: getattr(self._store, name) for name in STORE},
            "webhooks": {name: getattr(self._webhooks, name) for name in WEBHOOKS},
        }

    def _restore(self, picture: dict[str, Any]) -> None:
        server, inbox = self._server, self._server.inbox
        self._clock.advance(max(0.0, picture["ahead"]))
        for owner, name in (
            (server, "server"),
            (self._store, "store"),
            (self._webhooks, "webhooks"),
        ):
            for attribute, value in picture[name].items():
                setattr(owner, attribute, value)
        server.restore(picture["chats"], skipped=SKIPPED)
        inbox.waiting, inbox.wanted, inbox.last_id = picture["inbox"]
        inbox.last_id += SKIPPED
        self._store.ids = Ids(None)


class _Pickler(pickle.Pickler):
    def __init__(self, stream: BinaryIO, living: dict[str, object]) -> None:
        super().__init__(stream)
        self._names = {id(one): name for name, one in living.items()}

    def persistent_id(self, obj: object) -> str | None:
        return self._names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: BinaryIO, living: dict[str, object]) -> None:
        super().__init__(stream)
        self._living = living

    def persistent_load(self, name: str) -> object:
        return self._living[name]
