"""Everything before it is confirmed: what, when, with whom, for how much, and how to change it."""

from markupsafe import Markup

from booking.choices import ANY, needs_email, needs_phone
from booking.order import shown_terms
from booking.pricing import Quote
from handlers import formats
from handlers.keyboards import Verb, one
from handlers.outgoing import Button, Style
from handlers.screens import sums, tips
from handlers.screens.answers import in_words
from handlers.screens.frame import Frame, staff_choice
from handlers.screens.policy import policy
from handlers.screens.screen import Screen, lines, paragraphs, short

ANSWER, ANSWERS = 200, 2400
"""So many characters of one answer, and of all with their questions, are shown."""


def summary(frame: Frame, price: Quote, no_coupon: Markup | None = None) -> Screen:
    """Sum up a finished draft, to be confirmed or changed.

    `no_coupon` says why the coupon that was entered takes nothing off.
    """
    words = frame.words
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("summary.title")),
            lines(_appointment(frame)),
            lines(_details(frame)),
            lines([*_money(frame, price), no_coupon if price.price else None]),
            _policy(frame, price),
        ]
    )
    coupon = one(words.plain("button.coupon"), frame.tap(Verb.COUPON))
    rows = (
        *tips.rows(frame, price),
        one(
            words.plain("button.confirm"),
            frame.tap(Verb.CONFIRM, shown_terms(frame.service, price)),
            Style.PRIMARY,
        ),
        one(words.plain("button.change"), frame.tap(Verb.CHANGE)),
        *((coupon,) if price.price else ()),
        frame.back(),
    )
    return Screen(text=text, rows=rows)


def _appointment(frame: Frame) -> list[Markup]:
    words, service, start = frame.words, frame.service, frame.start
    assert start is not None
    length = formats.duration(words, service.duration)
    said = [
        words("line.service", service=frame.service_name(), duration=length),
        words("line.when", when=formats.long_moment(words, start)),
        words("line.zone", zone=formats.zone(words, start)),
        words("line.staff", staff=_staff(frame)),
    ]
    if service.kind == "in_person" and words.shop.address:
        said.append(words("line.place", place=words.shop.address))
    if service.max_seats > 1:
        said.append(words("line.seats", seats=frame.choices.seats or 1))
    return said


def _staff(frame: Frame) -> str:
    anybody = frame.choices.staff in {None, ANY}
    return frame.words.plain("staff.whoever") if anybody else frame.staff_name()


def _details(frame: Frame) -> list[Markup]:
    words, choices = frame.words, frame.choices
    answered = [one for one in frame.service.questions if choices.answers.get(one.key)]
    longest = min(ANSWER, ANSWERS // (2 * max(1, len(answered))))
    said = [
        words(
            "line.answer",
            question=short(words.local(question.text), longest),
            answer=short(in_words(words, question, choices.answers[question.key]), longest),
        )
        for question in answered
    ]
    said.append(words("line.name", name=choices.name or ""))
    if choices.phone and needs_phone(frame.service):
        said.append(words("line.phone", phone=choices.phone))
    if choices.email and needs_email(frame.service):
        said.append(words("line.email", email=choices.email))
    return said


def _money(frame: Frame, price: Quote) -> list[Markup]:
    words = frame.words
    if not price.price.minor:
        return [words("line.free")]
    cost = sums.cost(
        words,
        price.price,
        seats=frame.choices.seats or 1,
        discount=price.discount,
        coupon=frame.choices.coupon,
        tip=price.tip,
    )
    told = (
        words("line.due", amount=formats.money(words, price.asked))
        if price.due
        else words("line.nothing_due"),
        sums.onsite(words, price.onsite),
        Markup("{}").format(words.shop.tax_text),
    )
    return [*cost, *(line for line in told if line)]


def _policy(frame: Frame, price: Quote) -> Markup | None:
    start = frame.start
    if not price.due.minor or start is None:
        return None
    return policy(frame.words, frame.service.cancellation, start=start, now=frame.now)


def change(frame: Frame) -> Screen:
    """Ask what to change; everything else stays."""
    words, service = frame.words, frame.service
    fields = ["service"]
    if len(staff_choice(frame)) > 1:
        fields.append("staff")
    fields.append("day")
    if service.max_seats > 1:
        fields.append("seats")
    buttons = [one(words.plain(f"change.{field}"), _field(frame, field)) for field in fields]
    for number, question in enumerate(service.questions):
        label = short(words.local(question.text), 60)
        buttons.append(one(label, _field(frame, f"q{number}")))
    buttons += [
        one(words.plain(f"change.{field}"), _field(frame, field)) for field in _contact(frame)
    ]
    return Screen(text=frame.asks("change.ask"), rows=(*buttons, frame.back()))


def _contact(frame: Frame) -> list[str]:
    needed = ["name"]
    if needs_phone(frame.service):
        needed.append("phone")
    if needs_email(frame.service):
        needed.append("email")
    return needed


def _field(frame: Frame, field: str) -> str:
    return frame.tap(Verb.CHANGE, field)


def coupon(frame: Frame) -> Screen:
    """Ask for a coupon code; one that was entered can be taken away."""
    words = frame.words
    remove: tuple[tuple[Button, ...], ...] = ()
    if frame.choices.coupon:
        label = words.plain("button.no_coupon", code=frame.choices.coupon)
        remove = (one(label, frame.tap(Verb.COUPON, "none")),)
    text = paragraphs([frame.asks("coupon.ask"), words("coupon.type")])
    return Screen(text=text, rows=(*remove, frame.back()))
