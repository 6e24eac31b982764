"""Which door an update goes through: the first that fits, in this order."""

from collections.abc import Iterable
from typing import Any

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from handlers import (
    account,
    book,
    bookings,
    cancel,
    errors,
    membership,
    offers,
    pay,
    reminders,
    start,
    typed,
)
from handlers.admin import cancel as shop_cancel
from handlers.admin import desk, look, onsite, reconcile, refund, review
from handlers.admin.gate import admins_only
from handlers.context import Visit
from handlers.errors import Handler, explained
from handlers.keyboards import GRAMMAR, Verb

Route = BaseHandler[Update, Visit, Any]
PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
"""Messages of a private chat; edited ones are left alone: the answer they gave stands."""


def routes() -> list[Route]:
    """Return every handler, in the order in which they are asked."""
    return [
        *_commands(),
        *_taps(),
        MessageHandler(PRIVATE & filters.COMMAND, explained(errors.unknown_command)),
        MessageHandler(PRIVATE & filters.CONTACT, explained(typed.contact)),
        MessageHandler(PRIVATE & filters.TEXT, explained(typed.text)),
        MessageHandler(PRIVATE & ~filters.StatusUpdate.ALL, explained(typed.other)),
        ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _commands() -> Iterable[Route]:
    """Commands answer in every state of the conversation."""
    known: dict[str, Handler] = {
        "start": start.start,
        "cancel": start.cancel,
        "book": book.book,
        "bookings": bookings.bookings,
        "today": admins_only(look.today, errors.unknown_command),
        "day": admins_only(look.day, errors.unknown_command),
        "find": admins_only(desk.find, errors.unknown_command),
        "booking": admins_only(look.booking, errors.unknown_command),
        "refund": admins_only(refund.refund, errors.unknown_command),
        "reconcile": admins_only(reconcile.reconcile, errors.unknown_command),
        "cancelbooking": admins_only(shop_cancel.cancelbooking, errors.unknown_command),
        "jobs": admins_only(desk.jobs, errors.unknown_command),
        "audit": admins_only(desk.audit, errors.unknown_command),
        **{name: account.page(name) for name in PAGES},
    }
    for name, handler in known.items():
        yield CommandHandler(name, explained(handler), filters=PRIVATE)


PAGES = ("language", "help", "support", "terms", "privacy", "forget")


def _taps() -> Iterable[Route]:
    yield _tap(start.home, Verb.HOME)
    yield _tap(book.book, Verb.BOOK)
    yield _tap(book.go_on, Verb.CONTINUE)
    yield _tap(book.tapped, *book.MOVES, Verb.NOTHING)
    yield _tap(pay.tapped, Verb.PAID)
    yield _tap(cancel.tapped, Verb.CANCEL)
    yield _tap(bookings.bookings, Verb.BOOKINGS)
    yield _tap(bookings.tapped, Verb.SHOW, Verb.AGAIN)
    yield _tap(offers.tapped, Verb.USE)
    yield _tap(admins_only(review.tapped, errors.nothing_here), Verb.REVIEW)
    yield _tap(reminders.tapped, Verb.MUTE, Verb.COMING)
    yield _tap(admins_only(look.tapped, errors.nothing_here), Verb.LOOK, Verb.DATE)
    yield _tap(admins_only(desk.retry, errors.nothing_here), Verb.RETRY)
    yield _tap(admins_only(refund.tapped, errors.nothing_here), Verb.REFUND)
    yield _tap(admins_only(reconcile.tapped, errors.nothing_here), Verb.RECONCILE)
    yield _tap(admins_only(shop_cancel.tapped, errors.nothing_here), Verb.SHOP_CANCEL)
    yield _tap(admins_only(onsite.tapped, errors.nothing_here), Verb.ONSITE)
    yield _tap(account.tapped, Verb.LANGUAGE, Verb.HELP, Verb.FORGET)
    # whatever else was tapped: without an answer its spinner turns for ever
    yield CallbackQueryHandler(explained(errors.nothing_here))


def _tap(handler: Handler, *verbs: Verb) -> Route:
    pattern = f"^{GRAMMAR}:(?:{'|'.join(verbs)}):[^:]*:[^:]*:"
    return CallbackQueryHandler(explained(handler), pattern=pattern)
