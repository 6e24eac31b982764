"""Asking what only the customer knows: the service's questions, name, telephone, e-mail."""

from booking.catalog import Question
from handlers.keyboards import Verb, one
from handlers.outgoing import ReplyButton
from handlers.screens.frame import Frame
from handlers.screens.screen import Screen, paragraphs, short

CHOICE: int = 60


def question(frame: Frame, asked: Question) -> Screen:
    """Ask one of the service's questions, with buttons for choices and for skipping."""
    words = frame.words
    choices = [
        one(short(words.local(choice), CHOICE), frame.tap(Verb.ANSWER, str(number)))
        for number, choice in enumerate(asked.choices)
    ]
    skip = () if asked.required else (one(words.plain("button.skip"), frame.tap(Verb.SKIP)),)
    text = paragraphs(
        [
            frame.so_far(),
            words("question.ask", question=words.local(asked.text)),
            words(f"question.{asked.kind}"),
        ]
    )
    return Screen(text=text, rows=(*choices, *skip, frame.back()))


def name(frame: Frame) -> Screen:
    """Ask for the customer's name."""
    text = paragraphs([frame.so_far(), frame.asks("name.ask"), frame.words("name.type")])
    return Screen(text=text, rows=(frame.back(),))


def phone(frame: Frame) -> Screen:
    """Ask for a telephone number, shared with one tap or typed.

    Telegram shares contacts from the reply keyboard alone, so "Back" is there too.
    """
    words = frame.words
    text = paragraphs([frame.so_far(), frame.asks("phone.ask"), words("phone.type")])
    share = ReplyButton(words.plain("button.share"), contact=True)
    return Screen(text=text, reply_rows=((share,), (ReplyButton(words.plain("button.back")),)))


def email(frame: Frame) -> Screen:
    """Ask for an e-mail address."""
    text = paragraphs([frame.so_far(), frame.asks("email.ask"), frame.words("email.type")])
    return Screen(text=text, rows=(frame.back(),))
