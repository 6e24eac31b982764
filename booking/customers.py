"""Who writes to us: met once, remembered sealed, forgotten on request."""

from datetime import datetime, timedelta
from typing import Final

from booking import notices
from booking.audit import forget_reasons, record
from booking.errors import BookingsOpen
from booking.ports import Environment
from db import jobs, sealing
from db.fields import to_ms
from db.models import Booking, Customer, Draft, SearchKey
from db.money_models import Attempt
from db.quick import first
from db.states import BookingState
from db.transactions import transactional

CAMPAIGN_LENGTH: Final = 64
ERASE: Final = "erase_lane"
SEEN_EVERY: Final = timedelta(days=1)
"""How exactly it is known when somebody was here last: it is not written down at each tap."""
BLOCKED: Final = "blocked"
"""The last error of a message that waits until its reader unblocks the bot."""


async def meet(
    env: Environment,
    *,
    telegram_id: int,
    name: str,
    campaign: str | None = None,
) -> Customer:
    """Return the customer behind a Telegram user, made with this name on first sight."""
    customer = await first(Customer, "telegram_id = ?", telegram_id)
    if customer is None:
        return await _create(env, telegram_id, name, campaign)
    if customer.blocked_at is not None:
        await unblocked(env, customer=customer)
    now = env.clock.now()
    if customer.seen_at is None or now - customer.seen_at > SEEN_EVERY:
        await _seen(customer, now)
    return customer


@transactional
async def _seen(customer: Customer, now: datetime) -> None:
    await Customer.filter(id=customer.id).update(seen_at=now)
    customer.seen_at = now


@transactional
async def _create(env: Environment, telegram_id: int, name: str, campaign: str | None) -> Customer:
    known = await Customer.get_or_none(telegram_id=telegram_id)
    if known is not None:
        return known
    customer = await Customer.create(
        telegram_id=telegram_id,
        name=name or None,
        campaign=campaign[:CAMPAIGN_LENGTH] if campaign else None,
        created_at=env.clock.now(),
        seen_at=env.clock.now(),
    )
    await _index(customer)
    # an admin whose cards could not be delivered before they ever wrote to the bot
    lane = notices.out_lane(telegram_id)
    await jobs.reopen(lane=lane, error=BLOCKED, now=env.clock.now())
    return customer


@transactional
async def speak(customer: Customer, *, language: str) -> None:
    """Remember the language a customer chose."""
    await Customer.filter(id=customer.id).update(language=language)
    customer.language = language


@transactional
async def keep_contact(
    customer: Customer,
    *,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> None:
    """Remember what the customer told us about themselves; None leaves a field as it is."""
    # The row is read anew: a repeated transaction must not believe what an undone one changed.
    row = await first(Customer, "id = ?", customer.id) or customer
    told = {"name": name or row.name, "phone": phone or row.phone, "email": email or row.email}
    if told != {"name": row.name, "phone": row.phone, "email": row.email}:
        await row.update_from_dict(told).save(update_fields=list(told))
        await _index(row)
    customer.update_from_dict(told)


async def _index(customer: Customer) -> None:
    words = [*(customer.name or "").split(), customer.phone or "", customer.email or ""]
    await SearchKey.filter(customer_id=customer.id).delete()
    for digest in sorted({sealing.digest(word) for word in words if word}):
        await SearchKey.create(customer_id=customer.id, digest=digest)


async def is_blocked(*, telegram_id: int) -> bool:
    """Tell whether a customer is known to have blocked the bot."""
    customer = await first(Customer, "telegram_id = ?", telegram_id)
    return customer is not None and customer.blocked_at is not None


@transactional
async def blocked(env: Environment, *, telegram_id: int, waits: jobs.Job | None = None) -> bool:
    """Note that a customer blocked the bot: nothing is sent until they come back.

    `waits` is a message that is sent then; False when somebody else has its lease.
    """
    now = env.clock.now()
    await Customer.filter(telegram_id=telegram_id, blocked_at__isnull=True).update(blocked_at=now)
    return waits is None or await jobs.bury(waits, now=now, error=BLOCKED)


@transactional
async def unblocked(env: Environment, *, customer: Customer) -> None:
    """Note that a customer is back, and send what could not be delivered meanwhile."""
    await Customer.filter(id=customer.id).update(blocked_at=None)
    customer.blocked_at = None
    await jobs.reopen(
        lane=notices.out_lane(customer.telegram_id), error=BLOCKED, now=env.clock.now()
    )


@transactional
async def forget(env: Environment, *, customer: Customer) -> None:
    """Erase who the customer is; amounts and times stay for the books.

    Raises BookingsOpen while a booking is still to come: the shop must know whom it expects.
    """
    ahead = await Booking.filter(
        customer_id=customer.id,
        status__in=[state for state in BookingState if state.keeps_seats],
        end__gt=env.clock.now(),
    ).exists()
    if ahead:
        raise BookingsOpen
    await erase(env, customer=customer, actor=f"customer:{customer.id}")


@transactional
async def erase(env: Environment, *, customer: Customer, actor: str) -> None:
    """Erase a customer who has nothing ahead, because of themselves or of their age."""
    await Draft.filter(customer_id=customer.id).delete()
    await Booking.filter(customer_id=customer.id).update(details={})
    await Attempt.filter(booking__customer_id=customer.id).update(params={})
    references = await Booking.filter(customer_id=customer.id).values_list("reference", flat=True)
    await forget_reasons([str(each) for each in references])
    await _forget_chat(env, customer)
    await SearchKey.filter(customer_id=customer.id).delete()
    await Customer.filter(id=customer.id).update(name=None, phone=None, email=None, campaign=None)
    detail = {} if actor.startswith("customer:") else {"customer": customer.id}
    await record(env, actor=actor, action="forget", detail=detail or None)


async def _forget_chat(env: Environment, customer: Customer) -> None:
    """Delete what was said in a chat, and have what is not over yet deleted when it is.

    A lane is worked off in order: a job put into it now runs once all that is older is over, and
    the tap that asks for all this is among it. Keys are in the log: they name no chat.
    """
    now, chat = env.clock.now(), customer.telegram_id
    for side, lane in (("in", notices.in_lane(chat)), ("out", notices.out_lane(chat))):
        await jobs.forget_lanes([lane])
        key = f"{ERASE}:{side}:{customer.id}:{to_ms(now)}"
        await jobs.enqueue(kind=ERASE, key=key, lane=lane, payload={}, now=now)


@transactional
async def erase_lane(_: Environment, job: jobs.Job) -> None:
    """Delete what was said in a chat before it was to be forgotten."""
    await jobs.forget_lanes([job.lane or ""])
