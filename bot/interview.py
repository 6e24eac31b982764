"""The questions of `booking-bot init`: one at a time, each answer checked at once."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import typer

from bot.config import ConfigurationError, checked, machine_timezone
from bot.config_text import Value
from bot.settings_checks import timezone

Tree = dict[str, Any]
Answers = dict[tuple[str, str], Value]

ELSEWHERE: Final = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Question:
    """One setting to ask for; without a default it must be answered."""

    place: tuple[str, str]
    label: str
    hint: str
    default: str = ""
    is_hidden: bool = False

    @property
    def key(self) -> str:
        """Return the setting as mistakes name it."""
        return ".".join(self.place)

    def value(self, typed: str) -> Value:
        """Return what was typed as the configuration would have it."""
        if self.place not in LISTS:
            return typed
        words = typed.replace(",", " ").split()
        return [int(word) if word.isdecimal() else word for word in words]


LISTS: Final = {("telegram", "admins"), ("stripe", "webhook_secrets"), ("shop", "languages")}


def questions() -> Iterator[Question]:
    """Yield what to ask, in order."""
    yield Question(
        ("telegram", "token"),
        "Telegram bot token",
        "Write /newbot to @BotFather in Telegram; it ends with the token.",
        is_hidden=True,
    )
    yield Question(
        ("telegram", "admins"),
        "Telegram user ids of the admins",
        "Write to @userinfobot to see yours; several with commas. Empty: nobody yet.",
    )
    yield Question(
        ("stripe", "secret_key"),
        "Stripe secret key",
        "dashboard.stripe.com/test/apikeys: begin with a test key, sk_test_… or rk_test_…",
        is_hidden=True,
    )
    yield Question(
        ("stripe", "webhook_secrets"),
        "Stripe signing secret",
        "Leave it empty: booking-bot check --fix makes the endpoint and writes its whsec_… here.",
        is_hidden=True,
    )
    yield Question(
        ("web", "public_url"),
        "Public address",
        "Where customers and Stripe reach this server: https://… (or this computer, to try it).",
        default="http://127.0.0.1:8080",
    )
    yield from _of_the_shop()
    yield Question(
        ("database", "url"),
        "Database",
        "SQLite needs nothing. PostgreSQL: postgres://user:pass@host/db (shown while you type).",
        default="sqlite://data/booking.db",
    )


def _of_the_shop() -> Iterator[Question]:
    yield Question(("shop", "name"), "Name of the shop", "As customers know it.")
    yield Question(
        ("shop", "timezone"),
        "Time zone",
        "Where the shop is, as the IANA names it: Europe/Berlin, Asia/Dhaka …",
        default=_zone(),
    )
    yield Question(("shop", "currency"), "Currency", "ISO 4217: EUR, USD, BDT …", default="EUR")
    yield Question(
        ("shop", "languages"),
        "Languages",
        "en and bn have texts; the first is the default.",
        default="en",
    )
    yield Question(
        ("shop", "support"),
        "Support contact",
        "A @username, an https:// address or an e-mail address; may be empty.",
    )


def _zone() -> str:
    try:
        return timezone(machine_timezone())
    except ValueError:
        return ELSEWHERE


def interview(example: Tree) -> Answers:
    """Ask everything; return values by (section, key) that together make a good configuration."""
    answers: Answers = {}
    for question in questions():
        answers[question.place] = _asked(question, example, answers)
    here = urlsplit(str(answers["web", "public_url"]))
    if here.scheme == "http" and here.port:  # without a proxy before us
        answers["web", "port"] = here.port
    return answers


def _asked(question: Question, example: Tree, answers: Answers) -> Value:
    """Ask until the answer is one the configuration would take."""
    typer.echo(f"\n{question.hint}")
    while True:
        typed = _typed(question)
        value = question.value(typed)
        mistakes = _mistakes(question, _over(example, answers | {question.place: value}))
        if typed.isprintable() and not mistakes:
            return value
        for mistake in mistakes or [f"{question.key}: has characters that cannot be printed"]:
            typer.echo(f"  {mistake}")


def _typed(question: Question) -> str:
    """Return one line, from the keyboard or from a pipe."""
    is_terminal = sys.stdin.isatty()
    typed: str = typer.prompt(
        question.label,
        default=question.default,
        show_default=bool(question.default),
        hide_input=question.is_hidden and is_terminal,
    )
    if not is_terminal:
        typer.echo()  # nobody pressed Enter here
    return typed.strip()


def _mistakes(question: Question, tree: Tree) -> list[str]:
    """Return what the configuration says against this answer, in its own words."""
    try:
        checked(tree, unsigned=True)
    except ConfigurationError as error:
        own = (f"{question.key}:", f"{question.key}.")
        return [line for line in error.mistakes if line.startswith(own)]
    return []


def _over(example: Tree, answers: Answers) -> Tree:
    """Return the example's tree with answers in the place of its values."""
    tree = {section: dict(keys) for section, keys in example.items()}
    for (section, key), value in answers.items():
        tree[section][key] = value
    return tree
