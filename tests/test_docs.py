"""What the documents say is what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.__main__ import app
from db.invariants import LAWS
from db.states import ATTEMPT_MOVES, DISPUTE_MOVES, MOVES, REFUND_MOVES
from handlers.screens.info import ADMIN_COMMANDS, COMMANDS

ROOT = Path(__file__).parent.parent
WAY = ROOT / "docs/way-of-a-booking.md"


def chart(moves) -> str:
    lines = [
        f"    {source} --> {goal}" for source, goals in moves.items() for goal in sorted(goals)
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


CHARTS = {
    "MOVES": MOVES,
    "ATTEMPT_MOVES": ATTEMPT_MOVES,
    "REFUND_MOVES": REFUND_MOVES,
    "DISPUTE_MOVES": DISPUTE_MOVES,
}


@pytest.mark.parametrize(("name", "moves"), CHARTS.items())
def test_the_state_charts_are_those_of_the_code(name, moves):
    marker = f"<!-- generated from db/states.py: {name} -->\n"
    written = WAY.read_text().split(marker)[1].split("<!-- end -->")[0].strip()
    assert written == chart(moves)


def test_every_law_stands_on_its_page_in_the_words_of_check():
    rows = re.findall(r"^\|.*\| ([^|]*) \|$", (ROOT / "docs/laws.md").read_text(), re.MULTILINE)
    said = [cell for cell in rows if cell not in {"", "---", "what `check` says"}]
    assert sorted(said) == sorted(law.wrong for law in LAWS)


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    names = {re.split(r"[<>=]", name)[0] for name in [*project["dependencies"], *extras]}
    told = (ROOT / "docs/decisions/0011-libraries.md").read_text()
    fixed = {"python-telegram-bot", "stripe", "tortoise-orm", "aiosqlite", "pytest-asyncio"}
    assert [name for name in sorted(names - fixed - {"pytest"}) if name not in told] == []


def test_nothing_names_what_users_do_not_have():
    shared = "../" + "shared"
    files = [p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".html", ".yml"}]
    own = [p for p in files if not {".venv", ".audit", ".git"} & set(p.parts)]
    assert [str(p) for p in own if shared in p.read_text()] == []


def test_every_command_of_the_chat_and_of_the_shell_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    chat = [f"/{name}" for name in (*COMMANDS, *ADMIN_COMMANDS)]
    shell = [command.name for command in app.registered_commands]
    groups = [group.name for group in app.registered_groups]
    wanted = chat + [f"booking-bot {name}" for name in (*shell, *groups)]
    assert [name for name in wanted if name not in readme] == []


def test_every_link_to_a_file_leads_somewhere():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_term_of_the_states_is_in_the_glossary():
    glossary = (ROOT / "docs/glossary.md").read_text().lower()
    words = {state.replace("_", " ") for state in MOVES}
    assert [word for word in sorted(words) if word not in glossary] == []
