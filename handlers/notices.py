"""Jobs of the outbox, worded: what is sent to which chat, from the rows of this moment."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from markupsafe import Markup

from booking import own_data
from booking.money import Money
from db.jobs import Job
from db.models import Customer
from db.quick import first
from db.states import EndReason, RefundState
from handlers import cards, formats, reading, receipts, remarks, reminder_notices, views
from handlers.asked import Asked
from handlers.door import Door
from handlers.keyboards import ANEW, Verb, on_booking, one
from handlers.notice import Notice
from handlers.outgoing import Outgoing, Rows, Style
from handlers.screens.booking import what_was_charged
from handlers.screens.cancel import cancelled_by_shop
from handlers.screens.screen import Screen, lines, paragraphs

TOLD_ANYWAY: Final = frozenset(
    {EndReason.PAYMENT_EXPIRED, EndReason.PAYMENT_FAILED, EndReason.SHOP}
)


async def render(door: Door, job: Job) -> list[Outgoing]:
    """Word a job of an `out:` lane; an empty list when there is nothing (left) to say."""
    if job.kind == "screen":
        return await _screen(door, job)
    if job.kind == "admin_card":
        return await cards.render(door, job)
    if job.kind == own_data.KIND:
        return await _own_data(door, job)
    booking = await reading.booking_by_id(job.payload["booking"])
    if booking is None:
        return []
    words = door.words(booking.customer)
    view = await reading.view_of(words, booking)
    sent = await NOTICES[job.kind](Notice(door, job, booking, words, view))
    return [sent] if sent is not None else []


async def _own_data(door: Door, job: Job) -> list[Outgoing]:
    customer = await first(Customer, "id = ?", job.payload["customer"])
    if customer is None:
        return []
    words = door.words(customer)
    file = (own_data.FILE, await own_data.file_of(customer))
    return [
        Outgoing(chat_id=customer.telegram_id, document=file, caption=words("own_data.caption"))
    ]


async def _screen(door: Door, job: Job) -> list[Outgoing]:
    customer = await first(Customer, "id = ?", job.payload["customer"])
    if customer is None:
        return []
    words = door.words(customer)
    asked = Asked(door, customer, words, job.payload["ref"])
    screen = await views.VIEWS[job.payload["view"]](asked)
    shown = screen.remarked(remarks.remark(words, job.payload["note"]))
    sent = _outgoing(shown, customer, job)
    if await _interrupts(customer, job):
        sent = Outgoing(chat_id=customer.telegram_id, text=shown.text, rows=shown.rows)
    if sent.mode == "new" and await _is_told_anyway(job):
        return []
    return [sent]


async def _is_told_anyway(job: Job) -> bool:
    """Tell whether a message of its own says what this news of a booking would say again."""
    if job.payload["view"] != "news":
        return False
    booking = await reading.any_booking(str(job.payload["ref"]))
    return booking is not None and booking.end_reason in TOLD_ANYWAY


async def _interrupts(customer: Customer, job: Job) -> bool:
    """Tell whether news of a booking would overwrite the question of another one under way."""
    edits_live = job.payload["message_id"] == customer.live_message_id
    if job.payload["view"] != "news" or not edits_live:
        return False
    return await reading.open_draft(customer) is not None


def _outgoing(screen: Screen, customer: Customer, job: Job) -> Outgoing:
    # Only the live message is edited: a receipt whose button was tapped stays a receipt. And a
    # message can be edited only into one without a reply keyboard.
    is_live = customer.live_message_id in {None, job.payload["message_id"]}
    editable = is_live and not screen.reply_rows and not screen.remove_keyboard
    return Outgoing(
        chat_id=customer.telegram_id,
        text=screen.text,
        rows=screen.rows,
        reply_rows=screen.reply_rows,
        mode=job.payload["mode"] if editable else "new",
        message_id=job.payload["message_id"] if editable else None,
        live=not screen.remove_keyboard,
        link_preview=screen.link_preview,
        remove_keyboard=screen.remove_keyboard,
    )


async def _receipt_text(notice: Notice) -> Outgoing:
    screen = receipts.receipt(notice.words, notice.view, now=notice.door.env.clock.now())
    return notice.message(screen.text, screen.rows)


async def _receipt_ics(notice: Notice) -> Outgoing:
    made = notice.booking.confirmed_at or notice.booking.created_at
    return Outgoing(
        chat_id=notice.chat_id,
        document=receipts.calendar_file(notice.words, notice.view, made=made),
        caption=notice.words("receipt.ics"),
        silent=True,
    )


async def _receipt_qr(notice: Notice) -> Outgoing:
    reference = notice.view.reference
    key = "receipt.qr_online" if notice.view.kind == "online" else "receipt.qr"
    return Outgoing(
        chat_id=notice.chat_id,
        photo=receipts.qr_code(reference),
        caption=notice.words(key, reference=reference),
        silent=True,
    )


async def _hold_ended(notice: Notice) -> Outgoing:
    return _ended(notice, "notice.hold_ended")


async def _payment_failed(notice: Notice) -> Outgoing:
    return _ended(notice, "notice.payment_failed")


async def _page_refused(notice: Notice) -> Outgoing:
    return _ended(notice, "notice.page_refused")


async def _cancelled_by_shop(notice: Notice) -> Outgoing:
    why = str(notice.job.payload["why"])
    said = cancelled_by_shop(notice.words, notice.view, why=why)
    return notice.message(said, _book_again(notice))


def _ended(notice: Notice, key: str) -> Outgoing:
    text = paragraphs([_told(notice, key), what_was_charged(notice.words, notice.view)])
    return notice.message(text, _book_again(notice))


def _book_again(notice: Notice) -> Rows:
    tap = on_booking(notice.view.reference, Verb.AGAIN, ANEW)
    return (one(notice.words.plain("button.again"), tap, Style.PRIMARY),)


def _told(notice: Notice, key: str) -> Markup:
    words, view = notice.words, notice.view
    said = words(key, service=view.service, when=formats.moment(words, view.start))
    return paragraphs([said, words("line.reference", reference=view.reference)])


async def _payment_parked(notice: Notice) -> Outgoing:
    return notice.message(await cards.parked(notice.words, notice.job.payload["review"]))


async def _late_returned(notice: Notice) -> Outgoing:
    words, payload = notice.words, notice.job.payload
    paid = await cards.amount_of(payload["review"])
    amount = formats.money(words, Money(payload.get("amount_minor", paid.minor), paid.currency))
    said = words(f"late.{payload['why']}", amount=amount)
    again = one(words.plain("button.again"), on_booking(notice.view.reference, Verb.AGAIN, ANEW))
    which = words("line.reference", reference=notice.view.reference)
    return notice.message(paragraphs([said, which]), (again,))


async def _payment_link_late(notice: Notice) -> Outgoing:
    return notice.message(_told(notice, "notice.link_late"))


async def _due_on_site(notice: Notice) -> Outgoing:
    """Say that what was to be paid online is paid at the shop instead, and a tip is not."""
    words, view = notice.words, notice.view
    amount = formats.money(words, view.onsite)
    tip = words("notice.no_tip") if notice.job.payload["tip_minor"] else None
    said = lines([words("notice.due_on_site", amount=amount), tip])
    return notice.message(paragraphs([said, words("line.reference", reference=view.reference)]))


async def _refund(notice: Notice) -> Outgoing:
    """Say how a refund stands, to the cent; "issued" only of one that succeeded."""
    words, view = notice.words, notice.view
    refund = await reading.refund_by_id(notice.job.payload["refund"])
    assert refund is not None
    amount = formats.money(words, Money(refund.amount_minor, refund.attempt.currency))
    contact = words.shop.support or words.shop.name
    said = words(f"notice.{notice.job.kind}", amount=amount, shop=words.shop.name, contact=contact)
    which = words("notice.refund_of", service=view.service, when=formats.moment(words, view.start))
    return notice.message(
        paragraphs([said, lines([which, words("line.reference", reference=view.reference)])])
    )


NOTICES: Final[Mapping[str, Callable[[Notice], Awaitable[Outgoing | None]]]] = {
    "receipt_text": _receipt_text,
    "receipt_ics": _receipt_ics,
    "receipt_qr": _receipt_qr,
    "hold_ended": _hold_ended,
    "payment_failed": _payment_failed,
    "payment_page_refused": _page_refused,
    "cancelled_by_shop": _cancelled_by_shop,
    "payment_parked": _payment_parked,
    "payment_link_late": _payment_link_late,
    "late_returned": _late_returned,
    "due_on_site": _due_on_site,
    **{f"refund_{state}": _refund for state in RefundState if state != RefundState.ASKED},
    **reminder_notices.NOTICES,
}

KINDS: Final = frozenset({"screen", "admin_card", own_data.KIND, *NOTICES})
"""Every kind of job that `render` knows."""
