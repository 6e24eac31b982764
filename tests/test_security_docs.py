"""docs/security.md and docs/asvs.md name every requirement once, and only what is there."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.families import FAMILIES

DOCS = Path(__file__).parent.parent / "docs"
SECURITY, ASVS = DOCS / "security.md", DOCS / "asvs.md"
PAGES = [SECURITY, ASVS, DOCS.parent / "SECURITY.md", DOCS / "operations.md"]
SECTIONS = """
    1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1
    4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2
    7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2
    10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2
    13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1
    17.2:4 17.3:2
"""
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 begins with.

Those of level 3 come last in every section, so that a number is all there is to know.
"""
REQUIREMENTS = [
    f"V{section}.{number}"
    for section, many in (each.split(":") for each in SECTIONS.split())
    for number in range(1, int(many) + 1)
]
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| (V[\d., V]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
REASON = re.compile(r"\*\*(?:none|operator|open)\*\*")
MOST_WORDS = 15


def links(page: Path) -> list[tuple[str, str]]:
    return LINK.findall(page.read_text())


def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_every_requirement_of_levels_1_and_2_is_there_exactly_once():
    assert len(REQUIREMENTS) == 253
    named = re.findall(r"V\d+\.\d+\.\d+", " ".join(row[0] for row in ROW.findall(ASVS.read_text())))
    assert Counter(named) == Counter(REQUIREMENTS)


def test_every_requirement_is_short_and_has_a_test_or_a_reason():
    for numbers, about, shown in ROW.findall(ASVS.read_text()):
        assert len(about.split()) <= MOST_WORDS, numbers
        assert LINK.search(shown) or REASON.search(shown), numbers


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_named_is_there(page):
    named = [(name, target) for name, target in links(page) if name.startswith("test_")]
    for name, target in named:
        file = page.parent / target
        assert file.is_file(), target
        assert name == file.name or name in functions_of(file), f"{target}::{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_its_place(page):
    for _, target in links(page):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_every_family_of_attacks_has_its_row():
    rows = dict(re.findall(r"^\| (R\d+) \| ([^|]+) \|", SECURITY.read_text(), re.MULTILINE))
    assert rows == {name: FAMILIES[name] for name in rows}
    assert list(rows) == [f"R{number}" for number in range(16, 24)]
