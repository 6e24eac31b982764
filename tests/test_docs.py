"""What the documents say is what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from db.states import ATTEMPT_MOVES, MOVES

ROOT = Path(__file__).parent.parent
WAY = ROOT / "docs/way-of-a-booking.md"


def chart(moves) -> str:
    lines = [
        f"    {source} --> {goal}" for source, goals in moves.items() for goal in sorted(goals)
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


@pytest.mark.parametrize(("name", "moves"), [("MOVES", MOVES), ("ATTEMPT_MOVES", ATTEMPT_MOVES)])
def test_the_state_charts_are_those_of_the_code(name, moves):
    marker = f"<!-- generated from db/states.py: {name} -->\n"
    written = WAY.read_text().split(marker)[1].split("<!-- end -->")[0].strip()
    assert written == chart(moves)


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
    own = [p for p in files if not {".venv", ".git"} & set(p.parts)]
    assert [str(p) for p in own if shared in p.read_text()] == []
