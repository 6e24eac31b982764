"""The booking conversation by taps: every tap names the draft and its version, nothing else."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from telegram import Update

from booking import draft as drafts
from booking import tips
from booking.catalog_store import shelf
from booking.choices import Choices, Step
from booking.hold import hold
from db.models import Draft
from handlers import formats, reading
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboard_release import release_keyboard
from handlers.keyboards import ANEW, OFFERED_WITHIN, Tap, Verb, decode
from handlers.screens.tips import NONE as NO_TIP
from handlers.typed_times import one_day

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
WITHOUT_SERVICE: Final = (Verb.SERVICE, Verb.PAGE, Verb.BACK)
CHANGEABLE: Final = ("service", "staff", "day", "seats", "name", "phone", "email")


@dataclass(frozen=True, slots=True)
class Move:
    """A tap on the present version of an open draft."""

    visit: Visit
    guest: Guest
    draft: Draft
    choices: Choices
    arg: str

    def may_be_ours(self, day: date) -> bool:
        """Tell whether a keyboard of ours may have named a day; a forged one names any."""
        today = formats.local(self.guest.words, self.visit.env.clock.now()).date()
        return abs(day - today) <= OFFERED_WITHIN

    async def choose(self, changes: Mapping[str, Any], step: Step | None = None) -> bool:
        """Change the draft; a list that was turned to another page begins anew."""
        return await drafts.choose(
            self.visit.env,
            self.guest.turn,
            draft=self.draft,
            step=step,
            **{"page": 0, **changes},
        )


async def book(update: Update, visit: Visit) -> None:
    """Begin a booking, by command or from the menu; ask first when another one was begun."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    guest = await meet(update, visit)
    answer(update, visit)
    draft = await reading.open_draft(guest.customer)
    if guest.already_answered(draft):
        return
    await release_keyboard(visit.env, guest, draft)
    may_be_dropped = tap is not None and tap.arg == ANEW
    if draft is not None and draft.choices.get("service") and not may_be_dropped:
        await show(visit, guest, "begun")
        return
    await drafts.begin(visit.env, guest.turn)


async def go_on(update: Update, visit: Visit) -> None:
    """Show the open draft's question again."""
    guest = await meet(update, visit)
    answer(update, visit)
    await _show_current(visit, guest)


async def tapped(update: Update, visit: Visit) -> None:
    """Do what a tap on a draft asks for; an old keyboard is answered with the present screen."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    draft = await reading.draft_of(guest.customer, tap.draft_id)
    if guest.already_answered(draft):
        answer(update, visit)
        return
    if draft is None or not draft.open or draft.version != tap.draft_version:
        twice = tap.verb == Verb.CONFIRM and draft and await reading.booking_of_draft(draft)
        answer(update, visit, None if twice else guest.words.plain("toast.old_menu"))
        await _show_current(visit, guest, draft)
        return
    if tap.verb == Verb.NOTHING:
        answer(update, visit, _explained(guest, tap))
        return
    answer(update, visit)
    move = Move(visit, guest, draft, Choices.from_json(draft.choices), tap.arg)
    done = False
    with suppress(ValueError, IndexError, OverflowError):  # an argument we never wrote
        if move.choices.service or tap.verb in WITHOUT_SERVICE:
            done = await MOVES[tap.verb](move)
    if not done:
        await _show_current(visit, guest)


def _explained(guest: Guest, tap: Tap) -> str | None:
    """Say why a day cannot be chosen, or that a heading is none to choose."""
    with suppress(ValueError):
        day = date.fromisoformat(tap.arg)
        return guest.words.plain("toast.full", day=formats.day(guest.words, day))
    return guest.words.plain("toast.heading")


async def _show_current(visit: Visit, guest: Guest, tapped_on: Draft | None = None) -> None:
    """Show the open draft, else what the tapped one became, else the start."""
    draft = await reading.open_draft(guest.customer)
    if draft is not None:
        await drafts.show_again(visit.env, guest.turn, draft=draft)
        return
    booking = await reading.booking_of_draft(tapped_on) if tapped_on is not None else None
    await show(
        visit,
        guest,
        "booking" if booking else "home",
        booking.reference if booking else None,
    )


async def _service(move: Move) -> bool:
    return await move.choose({"service": move.arg})


async def _staff(move: Move) -> bool:
    return await move.choose({"staff": move.arg})


async def _day(move: Move) -> bool:
    day = date.fromisoformat(move.arg)
    if not move.may_be_ours(day):
        return False
    step, changes = await one_day(move.visit.env, move.choices, day)
    return await move.choose(changes, step)


async def _month(move: Move) -> bool:
    month = date.fromisoformat(f"{move.arg}-01")
    if not move.may_be_ours(month):
        return False
    return await move.choose({"month": f"{month:%Y-%m}"}, Step.MONTH)


async def _time(move: Move) -> bool:
    start = EPOCH + timedelta(seconds=int(move.arg))
    day = formats.local(move.guest.words, start).date()
    if not move.may_be_ours(day):
        return False
    return await move.choose(
        {"start": int(move.arg), "day": f"{day}", "alternatives": (), "only_time": False}
    )


async def _seats(move: Move) -> bool:
    service = (await shelf()).service(move.choices.service or "")
    seats = int(move.arg)
    if service is None or not 1 <= seats <= service.max_seats:
        return False
    return await move.choose({"seats": seats})


async def _answer(move: Move) -> bool:
    service = (await shelf()).service(move.choices.service or "")
    question = next(
        (q for q in (service.questions if service else ()) if q.key == move.choices.question), None
    )
    if question is None:
        return False
    chosen = move.guest.words.local(question.choices[int(move.arg)])
    return await _answered(move, chosen)


async def _skip(move: Move) -> bool:
    return await _answered(move, "")


async def _answered(move: Move, text: str) -> bool:
    if move.choices.question is None:
        return False
    return await move.choose({"answers": {**move.choices.answers, move.choices.question: text}})


async def _page(move: Move) -> bool:
    return await move.choose({"page": max(0, int(move.arg))}, Step(move.draft.step))


async def _back(move: Move) -> bool:
    return await drafts.go_back(move.visit.env, move.guest.turn, draft=move.draft)


async def _change(move: Move) -> bool:
    if not move.arg:
        return await move.choose({}, Step.CHANGE)
    if move.arg.startswith("q"):
        return await _ask_again(move, int(move.arg[1:]))
    if move.arg not in CHANGEABLE:
        return False
    return await move.choose({"changing": True}, Step(move.arg))


async def _ask_again(move: Move, number: int) -> bool:
    service = (await shelf()).service(move.choices.service or "")
    if service is None:
        return False
    asked = service.questions[number].key
    return await move.choose({"question": asked, "changing": True}, Step.QUESTION)


async def _coupon(move: Move) -> bool:
    if move.arg == "none":
        return await move.choose({"coupon": None})
    return await move.choose({}, Step.COUPON)


async def _tip(move: Move) -> bool:
    percent = None if move.arg == NO_TIP else int(move.arg)
    return await tips.give(move.visit.env, move.guest.turn, draft=move.draft, percent=percent)


async def _confirm(move: Move) -> bool:
    await hold(move.visit.env, move.guest.turn, draft=move.draft, shown=move.arg)
    return True


MOVES: Final[Mapping[Verb, Callable[[Move], Awaitable[bool]]]] = {
    Verb.SERVICE: _service,
    Verb.STAFF: _staff,
    Verb.DAY: _day,
    Verb.MONTH: _month,
    Verb.TIME: _time,
    Verb.SEATS: _seats,
    Verb.ANSWER: _answer,
    Verb.SKIP: _skip,
    Verb.PAGE: _page,
    Verb.BACK: _back,
    Verb.CHANGE: _change,
    Verb.COUPON: _coupon,
    Verb.TIP: _tip,
    Verb.CONFIRM: _confirm,
}
