"""Addresses that were given out by a world that has moved to another port."""

from collections.abc import Iterable

from sandbox.stripe.store import Store
from sandbox.telegram.messages import Message


def moved(value: object, old: str, new: str) -> object:
    """Return a value of JSON's kinds with one address in the place of another."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {key: moved(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [moved(one, old, new) for one in value]
    return value


def move_links(store: Store, messages: Iterable[Message], old: str, new: str) -> None:
    """Let links to sessions and receipts, and the buttons of chats, lead to the new address."""
    for table in (store.sessions, store.charges):
        for one in table.values():
            for name in ("url", "success_url", "cancel_url", "return_url", "receipt_url"):
                if one.get(name):
                    one[name] = one[name].replace(old, new)
    for message in messages:
        for whole in (message.markup, message.options):
            if whole is not None:
                fresh = moved(whole, old, new)
                assert isinstance(fresh, dict)
                whole.update(fresh)
        for entity in message.text.entities:
            entity |= {name: moved(value, old, new) for name, value in entity.items()}
