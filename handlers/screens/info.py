"""Answers to questions about the bot and the shop: help, support, terms, privacy, language."""

from typing import Final

from babel import Locale

from handlers.keyboards import Verb, menu, one
from handlers.outgoing import Button, Style
from handlers.screens.screen import Screen, home_row, lines, paragraphs
from handlers.words import Words, offered

COMMANDS: Final = (
    "start",
    "book",
    "bookings",
    "cancel",
    "language",
    "help",
    "support",
    "terms",
    "privacy",
    "forget",
)
ADMIN_COMMANDS: Final = (
    "today",
    "day",
    "find",
    "booking",
    "refund",
    "cancelbooking",
    "reconcile",
    "jobs",
    "audit",
)


def commands(words: Words, *, admin: bool = False) -> list[tuple[str, str]]:
    """Return the commands with what each does, as Telegram lists them."""
    names = (*COMMANDS, *ADMIN_COMMANDS) if admin else COMMANDS
    return [(name, words.plain(f"command.{name}")) for name in names]


def help_(words: Words, *, admin: bool = False) -> Screen:
    """Say how to book, and what every command does."""
    known = lines(f"/{name} \u2013 {does}" for name, does in commands(words, admin=admin))
    book = one(words.plain("button.book"), menu(Verb.BOOK), Style.PRIMARY)
    always = lines([words("help.commands"), known])
    text = paragraphs([words("help.text", shop=words.shop.name), always])
    return Screen(text=text, rows=(book, home_row(words)))


def support(words: Words) -> Screen:
    """Say how to reach a person."""
    contact = words.shop.support
    if not contact:
        return Screen(text=words("support.none", shop=words.shop.name), rows=(home_row(words),))
    text = words("support.text", shop=words.shop.name, contact=contact)
    return Screen(text=text, rows=(*support_row(words), home_row(words)))


def support_row(words: Words) -> tuple[tuple[Button, ...], ...]:
    """Return the button that opens a chat or page of support, when there is one."""
    contact = words.shop.support
    label = words.plain("button.support")
    if contact.startswith("@"):
        return ((Button(label, url=f"https://t.me/{contact[1:]}"),),)
    return _link(label, contact)


def _link(label: str, address: str) -> tuple[tuple[Button, ...], ...]:
    if address.startswith(("https://", "http://")):
        return ((Button(label, url=address),),)
    return ()


def terms(words: Words) -> Screen:
    """Say under which terms one books."""
    link = _link(words.plain("button.terms"), words.shop.terms_url)
    text = words("terms.text" if link else "terms.none", shop=words.shop.name)
    return Screen(text=text, rows=(*link, home_row(words)))


def privacy(words: Words) -> Screen:
    """Say what we remember, why and how long, and how to get it or have it erased."""
    link = _link(words.plain("button.privacy"), words.shop.privacy_url)
    mine = one(words.plain("button.own_data"), menu(Verb.OWN_DATA))
    forget_me = one(words.plain("button.forget"), menu(Verb.FORGET))
    days = words.shop.retention_days
    until = words("privacy.kept_days", count=days) if days else None
    text = paragraphs([words("privacy.text", shop=words.shop.name), until])
    return Screen(text=text, rows=(*link, mine, forget_me, home_row(words)))


def forget(words: Words) -> Screen:
    """Ask before everything personal is erased."""
    yes = one(words.plain("button.forget_yes"), menu(Verb.FORGET, "yes"), Style.DANGER)
    return Screen(text=words("forget.ask"), rows=(yes, home_row(words)))


def language(words: Words) -> Screen:
    """Offer the shop's languages, each in its own name."""
    buttons = [one(_own_name(code), menu(Verb.LANGUAGE, code)) for code in offered(words.shop)]
    return Screen(text=words("language.ask"), rows=(*buttons, home_row(words)))


def _own_name(code: str) -> str:
    return (Locale.parse(code).get_display_name(code) or code).capitalize()


def answered(words: Words) -> Screen:
    """Thank for the number, and take the reply keyboard away."""
    return Screen(text=words("phone.thanks"), remove_keyboard=True)


def released(words: Words) -> Screen:
    """Take the reply keyboard away from whoever left its question."""
    return Screen(text=words("phone.released"), remove_keyboard=True)
