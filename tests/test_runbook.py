"""The bad days of docs/operations.md name only commands, metrics and alerts that there are."""

import re
from pathlib import Path

import pytest
import typer
import yaml

from bot import health
from bot.__main__ import app
from bot.doctor import CHECKS
from handlers.routes import COMMANDS
from tests.families.page import BEGIN

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "operations.md").read_text().partition(BEGIN)[0]
DAYS = re.split(r"^### \d+\. ", PAGE.partition("\n## What was tried")[0], flags=re.MULTILINE)[1:]
TEXTS = {"operations.md": PAGE, "security.md": (DOCS / "security.md").read_text()}
EXPLAINED = (DOCS / "observability.md").read_text()
SIGNS = ("**Look at**", "**Do**", "**It is over when**")


def commands() -> dict[str, set[str]]:
    """The options of each command of the shell."""
    group = typer.main.get_command(app)
    return {
        name: {option for parameter in one.params for option in parameter.opts}
        for name, one in group.commands.items()
    }


def rules() -> set[str]:
    groups = yaml.safe_load((DOCS / "alerts.yml").read_text())["groups"]
    return {rule["alert"] for group in groups for rule in group["rules"]}


def test_there_are_twelve_days_and_each_says_what_to_see_do_and_expect():
    assert len(DAYS) == 12
    assert [day.splitlines()[0] for day in DAYS if not all(sign in day for sign in SIGNS)] == []


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_command_of_the_shell_is_there_with_its_options(text):
    known = commands()
    named = re.findall(r"(?:`booking-bot|^# bb) (\w+)([^`\n]*)", text, re.MULTILINE)
    assert named
    for name, words in named:
        assert name in known, name
        assert set(re.findall(r"--[\w-]+", words)) <= known[name], f"{name}{words}"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_command_of_the_chat_is_there(text):
    web = {"/readyz", "/metrics", "/healthz", "/revoke"}
    named = set(re.findall(r"`(/[a-z]+)`", text)) - web
    assert named <= {f"/{name}" for name in COMMANDS}


def test_every_metric_is_one_that_is_explained():
    named = set(re.findall(r"booking_bot_[a-z_]+", PAGE))
    assert named
    assert named <= set(re.findall(r"booking_bot_[a-z_]+", EXPLAINED))


def test_every_alert_is_a_rule_and_every_rule_has_its_day():
    assert set(re.findall(r"BookingBot\w+", PAGE)) == rules()


def test_every_line_of_the_check_and_every_word_of_readyz_is_there():
    assert set(re.findall(r"(?<!\*)\*([A-Za-z ]+)\*(?!\*)", PAGE)) <= set(CHECKS)
    said = set(re.findall(r"`(full|locked|read_only|failing|gone|away|broken)`", PAGE))
    assert said
    assert said <= set(health.WORDS)
