"""Which door an update goes through: the first that fits, in this order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

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
from handlers.keyboards import CONTROLS, GRAMMAR, Verb

Route = BaseHandler[Update, Visit, Any]
PRIVATE = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
"""Messages of a private chat; edited ones are left alone: the answer they gave stands."""


class Role(Enum):
    """Who may use an entry."""

    ANYBODY = "anybody"
    """About one's own things only: whoever looks a thing up asks whose it is."""
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Entry:
    """A way into the program from a chat."""

    handler: Handler
    role: Role

    def gated(self, otherwise: Handler) -> Handler:
        """Return the handler; whom it is not for gets `otherwise`, as if it were not there."""
        if self.role is Role.ADMIN:
            return explained(admins_only(self.handler, otherwise))
        return explained(self.handler)


PAGES: Final = ("language", "help", "support", "terms", "privacy", "forget")
COMMANDS: Final[Mapping[str, Entry]] = {
    "start": Entry(start.start, Role.ANYBODY),
    "cancel": Entry(start.cancel, Role.ANYBODY),
    "book": Entry(book.book, Role.ANYBODY),
    "bookings": Entry(bookings.bookings, Role.ANYBODY),
    "today": Entry(look.today, Role.ADMIN),
    "day": Entry(look.day, Role.ADMIN),
    "find": Entry(desk.find, Role.ADMIN),
    "booking": Entry(look.booking, Role.ADMIN),
    "refund": Entry(refund.refund, Role.ADMIN),
    "reconcile": Entry(reconcile.reconcile, Role.ADMIN),
    "cancelbooking": Entry(shop_cancel.cancelbooking, Role.ADMIN),
    "jobs": Entry(desk.jobs, Role.ADMIN),
    "audit": Entry(desk.audit, Role.ADMIN),
    **{name: Entry(account.page(name), Role.ANYBODY) for name in PAGES},
}
"""Every command; they answer in every state of the conversation."""
TAPS: Final[Mapping[tuple[Verb, ...], Entry]] = {
    (Verb.HOME,): Entry(start.home, Role.ANYBODY),
    (Verb.BOOK,): Entry(book.book, Role.ANYBODY),
    (Verb.CONTINUE,): Entry(book.go_on, Role.ANYBODY),
    (*book.MOVES, Verb.NOTHING): Entry(book.tapped, Role.ANYBODY),
    (Verb.PAID,): Entry(pay.tapped, Role.ANYBODY),
    (Verb.CANCEL,): Entry(cancel.tapped, Role.ANYBODY),
    (Verb.BOOKINGS,): Entry(bookings.bookings, Role.ANYBODY),
    (Verb.SHOW, Verb.AGAIN): Entry(bookings.tapped, Role.ANYBODY),
    (Verb.USE,): Entry(offers.tapped, Role.ANYBODY),
    (Verb.REVIEW,): Entry(review.tapped, Role.ADMIN),
    (Verb.MUTE, Verb.COMING): Entry(reminders.tapped, Role.ANYBODY),
    (Verb.LOOK, Verb.DATE): Entry(look.tapped, Role.ADMIN),
    (Verb.RETRY,): Entry(desk.retry, Role.ADMIN),
    (Verb.REFUND,): Entry(refund.tapped, Role.ADMIN),
    (Verb.RECONCILE,): Entry(reconcile.tapped, Role.ADMIN),
    (Verb.SHOP_CANCEL,): Entry(shop_cancel.tapped, Role.ADMIN),
    (Verb.ONSITE,): Entry(onsite.tapped, Role.ADMIN),
    (Verb.LANGUAGE, Verb.HELP, Verb.FORGET, Verb.OWN_DATA): Entry(account.tapped, Role.ANYBODY),
}
"""Every tap, by what it asks for."""


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
    for name, entry in COMMANDS.items():
        yield CommandHandler(name, entry.gated(errors.unknown_command), filters=PRIVATE)


def _taps() -> Iterable[Route]:
    for verbs, entry in TAPS.items():
        part, rest = rf"[^:{CONTROLS}]*", rf"[^{CONTROLS}]*"
        pattern = rf"^{GRAMMAR}:(?:{'|'.join(verbs)}):{part}:{part}:{rest}\Z"
        yield CallbackQueryHandler(entry.gated(errors.nothing_here), pattern=pattern)
    # whatever else was tapped: without an answer its spinner turns for ever
    yield CallbackQueryHandler(explained(errors.nothing_here))
