"""What people must be shown or told: written down as jobs, worded when they are sent."""

from collections.abc import Mapping
from typing import Any, Final

from booking.errors import Refusal
from booking.ports import Environment
from db import job_facts, jobs
from db.jobs import NewJob
from db.models import Booking, Customer

SCREEN_PRIORITY = 1
NOTICE_PRIORITY = 3
RECEIPT: Final = job_facts.RECEIPT


def in_lane(chat_id: int) -> str:
    """Return the lane that keeps what a chat says in order."""
    return f"in:{chat_id}"


def out_lane(chat_id: int) -> str:
    """Return the lane that keeps a chat's messages in order."""
    return f"out:{chat_id}"


def chat_of(lane: str) -> int:
    """Return the chat of a lane that `out_lane` named."""
    return int(lane.partition(":")[2])


def pay_lane(reference: str) -> str:
    """Return the lane that keeps a booking's payment work in order."""
    return f"pay:{reference}"


def note(key: str, **args: object) -> dict[str, Any]:
    """Return a remark for the top of a screen: a text's key and its arguments."""
    return {"key": key, "args": {name: str(value) for name, value in args.items()}}


def refused(refusal: Refusal) -> dict[str, Any]:
    """Return the remark that explains a refusal: its class names the text."""
    return note(f"refusal.{type(refusal).__name__}", **refusal.details)


async def show(
    env: Environment,
    *,
    customer: Customer,
    key: str,
    view: str,
    ref: str | int | None = None,
    remark: Mapping[str, Any] | None = None,
    message_id: int | None = None,
) -> None:
    """Show a view in the customer's chat: edited in place when `message_id` is given, else anew.

    `key` makes the screen unique, so that an update handled twice is answered once.
    """
    await jobs.enqueue(
        kind="screen",
        key=f"screen:{key}",
        lane=out_lane(customer.telegram_id),
        priority=SCREEN_PRIORITY,
        now=env.clock.now(),
        payload={
            "customer": customer.id,
            "view": view,
            "ref": ref,
            "note": dict(remark) if remark else None,
            "mode": "edit" if message_id else "new",
            "message_id": message_id,
        },
    )


async def show_booking(
    env: Environment,
    *,
    booking: Booking,
    customer: Customer,
    event: str,
    remark: Mapping[str, Any] | None = None,
    message_id: int | None = None,
    aloud: bool = False,
) -> None:
    """Show what has become of a booking, on the tapped message or else the chat's live one.

    `aloud` shows it anew: Telegram tells nobody that a message was edited.
    """
    live = None if aloud else customer.live_message_id
    await show(
        env,
        customer=customer,
        key=f"{booking.reference}:{event}",
        view="outcome" if message_id else "news",  # asked for, or told unasked
        ref=booking.reference,
        remark=remark,
        message_id=message_id or live,
    )


async def tell(
    env: Environment,
    *,
    kind: str,
    booking: Booking,
    customer: Customer,
    event: str = "",
    **more: object,
) -> None:
    """Send the customer one notice about a booking, once per kind and event."""
    notice = _notice(kind, booking, customer, event, **more)
    await jobs.enqueue_all([notice], now=env.clock.now())


def key_of(kind: str, booking: Booking, event: str = "") -> str:
    """Return the key of the one notice of a kind and an event about a booking."""
    return f"{kind}:{booking.id}{':' if event else ''}{event}"


def _notice(
    kind: str, booking: Booking, customer: Customer, event: str = "", **more: object
) -> NewJob:
    return NewJob(
        kind=kind,
        key=key_of(kind, booking, event),
        lane=out_lane(customer.telegram_id),
        priority=NOTICE_PRIORITY,
        payload={"booking": booking.id, "customer": customer.id, **more},
    )


async def send_receipt(env: Environment, *, booking: Booking, customer: Customer) -> None:
    """Send the receipt: a text, a calendar file and a QR code, each its own job."""
    parts = [_notice(kind, booking, customer) for kind in RECEIPT]
    await jobs.enqueue_all(parts, now=env.clock.now())


async def tell_admins(env: Environment, *, card: str, about: str, **payload: object) -> None:
    """Send a card to the admin chat, or to each admin."""
    chat = env.shop.admin_chat
    for chat_id in [chat] if chat is not None else sorted(env.shop.admins):
        await tell_admin(env, chat_id=chat_id, card=card, about=about, **payload)


async def tell_admin(
    env: Environment, *, chat_id: int, card: str, about: str, **payload: object
) -> None:
    """Send a card to one chat, once for each thing it is about."""
    await jobs.enqueue(
        kind="admin_card",
        key=f"card:{card}:{about}:{chat_id}",
        lane=out_lane(chat_id),
        priority=NOTICE_PRIORITY,
        now=env.clock.now(),
        payload={"card": card, "chat": chat_id, **payload},
    )
