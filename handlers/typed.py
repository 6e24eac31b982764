"""What people write: routed by the draft's step, understood where it can be, else asked again."""

from typing import Final

from telegram import Update

from booking import draft as drafts
from booking import notices
from booking.choices import Choices, Step
from booking.errors import Refusal
from db.models import Draft
from handlers import reading
from handlers.context import Guest, Visit, meet, show
from handlers.keyboard_release import release_keyboard
from handlers.typed_reply import NotUnderstood, Reply
from handlers.typed_steps import understand
from handlers.written import clean

PATIENCE: Final = 2
"""After so many misses in a row a person is offered."""


async def text(update: Update, visit: Visit) -> None:
    """Take a text as the answer to the present question."""
    message = update.effective_message
    assert message is not None
    await _take(update, visit, message.text or message.caption or "")


async def contact(update: Update, visit: Visit) -> None:
    """Take a shared telephone number, if it is the sender's own."""
    message, user = update.effective_message, update.effective_user
    assert message is not None
    assert user is not None
    shared = message.contact
    assert shared is not None
    if shared.user_id != user.id:
        await _again(update, visit, "phone.not_yours")
        return
    number = shared.phone_number
    await _take(update, visit, number if number.startswith("+") else f"+{number}")


async def other(update: Update, visit: Visit) -> None:
    """Answer pictures, stickers, voices and whatever else we cannot read."""
    await _again(update, visit, "typed.cannot_read")


async def _take(update: Update, visit: Visit, said: str) -> None:
    guest = await meet(update, visit)
    draft = await reading.open_draft(guest.customer)
    if guest.already_answered(draft):
        return
    if draft is None:
        await _no_draft(visit, guest, "typed.no_draft")
        return
    if draft.step == Step.PHONE and said.strip() == guest.words.plain("button.back"):
        await release_keyboard(visit.env, guest, draft)
        await drafts.go_back(visit.env, guest.turn, draft=draft)
        return
    await _answer(visit, guest, draft, said)


async def _no_draft(visit: Visit, guest: Guest, key: str) -> None:
    """Answer with the booking that waits for its payment, so that its buttons stay at hand."""
    waiting = await reading.waiting_for_payment(guest.customer)
    if waiting is None:
        await show(visit, guest, "home", remark=notices.note(key))
    else:
        await show(visit, guest, "booking", waiting.reference, remark=notices.note(key))


async def _answer(visit: Visit, guest: Guest, draft: Draft, said: str) -> None:
    reply = Reply(
        env=visit.env,
        words=guest.words,
        customer_id=guest.customer.id,
        draft=draft,
        choices=Choices.from_json(draft.choices),
        said=clean(said),
    )
    try:
        step, changes = await understand(reply)
    except NotUnderstood as miss:
        await _miss(visit, guest, draft, miss)
        return
    except Refusal as refusal:
        remark = notices.refused(refusal)
        await drafts.show_again(visit.env, guest.turn, draft=draft, remark=remark)
        return
    await release_keyboard(visit.env, guest, draft, answered=True)
    changes = {"page": 0, **changes}
    if not await drafts.choose(visit.env, guest.turn, draft=draft, step=step, **changes):
        await show(visit, guest, "draft", str(draft.id))


async def _miss(visit: Visit, guest: Guest, draft: Draft, miss: NotUnderstood) -> None:
    """Ask again, kindly; after two misses in a row say how to reach a person."""
    choices = Choices.from_json(draft.choices)
    misses = choices.misses + (not miss.is_full)
    contact = guest.words.shop.support
    remark = notices.note(miss.key)
    if misses >= PATIENCE and contact and not miss.is_full:
        remark = notices.note(miss.key, person=contact)
    if choices.question in choices.answers:  # asked again after "Back": choosing would move on
        await drafts.show_again(visit.env, guest.turn, draft=draft, remark=remark)
        return
    done = await drafts.choose(
        visit.env,
        guest.turn,
        draft=draft,
        step=miss.step or Step(draft.step),
        remark=remark,
        **{"misses": misses, "question": choices.question, **miss.changes},
    )
    if not done:
        await show(visit, guest, "draft", str(draft.id))


async def _again(update: Update, visit: Visit, key: str) -> None:
    guest = await meet(update, visit)
    draft = await reading.open_draft(guest.customer)
    if guest.already_answered(draft):
        return
    if draft is None:
        await _no_draft(visit, guest, key)
    else:
        await _miss(visit, guest, draft, NotUnderstood(key))
