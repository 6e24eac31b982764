"""The text of a configuration file, changed here and there; every comment stays."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

Value = str | int | list[Any]

LINE: Final = re.compile(r"(?P<key>\w+) = (?P<value>.*?)(?P<gap>\s*)(?P<comment>#.*)?")
HEADING: Final = re.compile(r"\[(\w+)\]")


def with_values(example: str, values: Mapping[tuple[str, str], Value]) -> str:
    """Return the example with values in the place of its own, by (section, key)."""
    section, lines = "", []
    for line in example.splitlines():
        heading, pair = HEADING.match(line), LINE.fullmatch(line)
        section = heading[1] if heading else section
        value = values.get((section, pair["key"])) if pair else None
        lines.append(line if pair is None or value is None else _changed(pair, value))
    return "\n".join(lines) + "\n"


def _changed(pair: re.Match[str], value: Value) -> str:
    written = f"{pair['key']} = {_toml(value)}"
    if not pair["comment"]:
        return written
    return f"{written} ".ljust(pair.start("comment")) + pair["comment"]


def with_first_member(text: str, section: str, key: str, value: str) -> str | None:
    """Return the text with a value put first into a list; None when it cannot be done safely."""
    expected = tomllib.loads(text)
    old = expected.get(section, {}).get(key, [])
    heading = re.search(rf"^[ \t]*\[[ \t]*{section}[ \t]*\].*$", text, re.MULTILINE)
    if not heading:
        return None
    table = re.compile(r"^[ \t]*\[", re.MULTILINE).search(text, heading.end())
    end = table.start() if table else len(text)
    opening = re.compile(rf"^[ \t]*{key}[ \t]*=[ \t]*\[", re.MULTILINE)
    found = opening.search(text, heading.end(), end)
    at = found.end() if found else heading.end()
    inside = _toml(value) + (", " if old else "")
    changed = text[:at] + (inside if found else f"\n{key} = [{inside}]") + text[at:]
    expected[section] = expected[section] | {key: [value, *old]}
    return changed if _parsed(changed) == expected else None


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _toml(value: Value) -> str:
    # every escape JSON makes is one of TOML's basic strings; what it does not escape is refused
    # when it is typed
    return json.dumps(value, ensure_ascii=False)
