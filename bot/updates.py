"""Telegram's updates as jobs: keyed by their own id, in the lane of their chat."""

from collections.abc import Mapping
from typing import Any, Final

from booking.notices import in_lane
from db.jobs import NewJob

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
KIND: Final = "update"
TRIES: Final = 6
"""A chat waits while its update is retried, so it is given up within seconds."""
Update = dict[str, Any]


class Unreadable(ValueError):
    """Something that is no update of Telegram."""


def id_of(update: object) -> int | None:
    """Return the number of an update, as far as it has one."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def as_job(update: object) -> NewJob | None:
    """Return the job for an update; None for kinds we did not ask for; raise Unreadable."""
    if not isinstance(update, dict) or id_of(update) is None:
        raise Unreadable("no update_id")
    kind = next((name for name in ALLOWED_UPDATES if isinstance(update.get(name), dict)), None)
    if kind is None:
        return None
    return NewJob(
        kind=KIND,
        key=f"upd:{update['update_id']}",
        lane=in_lane(_chat(update[kind])),
        payload=_trimmed(update),
        max_attempts=TRIES,
    )


def _chat(part: Mapping[str, Any]) -> int:
    """Return the chat; a press and a message of one person share it (private id = user id)."""
    message = part.get("message")
    place = message if isinstance(message, dict) else part
    who = place.get("chat") or part.get("from")
    found = who.get("id") if isinstance(who, dict) else None
    if not isinstance(found, int):
        raise Unreadable("no chat")
    return found


def _trimmed(update: Update) -> Update:
    """Keep of a pressed message its chat and id: reading the rest is most of the cost of a press.

    Without a date it is what the Bot API calls an inaccessible message, which PTB reads as such.
    """
    press = update.get("callback_query")
    message = press.get("message") if isinstance(press, dict) else None
    if not isinstance(press, dict) or not isinstance(message, dict):
        return update
    bare = {name: message[name] for name in ("chat", "message_id") if name in message}
    return update | {"callback_query": press | {"message": bare | {"date": 0}}}
