"""Texts shown again: as HTML for pages, plain for transcripts."""

import html as escaping

from sandbox.telegram.entities import Text, number
from sandbox.telegram.fields import Json
from sandbox.telegram.html import utf16

_OPENING = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "strikethrough": "<s>",
    "spoiler": "<tg-spoiler>",
    "code": "<code>",
    "pre": "<pre>",
    "blockquote": "<blockquote>",
    "expandable_blockquote": "<blockquote expandable>",
}


def _marks(entity: Json) -> tuple[str, str]:
    kind = str(entity["type"])
    if kind == "text_link":
        return f'<a href="{escaping.escape(str(entity["url"]))}">', "</a>"
    if kind == "date_time":
        layout = entity["date_time_format"]
        return f'<tg-time unix="{entity["unix_time"]}" format="{layout}">', "</tg-time>"
    opening = _OPENING.get(kind, "")
    return opening, f"</{opening[1:-1].split()[0]}>" if opening else ""


def _woven(text: Text, marks: dict[int, str], *, escape: bool) -> str:
    out, position = [], 0
    for char in text.plain:
        out.append(marks.get(position, ""))
        out.append(escaping.escape(char, quote=False) if escape else char)
        position += utf16(char)
    return "".join([*out, marks.get(position, "")])


def as_html(text: Text) -> str:
    """Give a text back as HTML, for pages that show the chat."""
    marks: dict[int, str] = {}
    for entity in reversed(text.entities):
        end = number(entity, "offset") + number(entity, "length")
        marks[end] = marks.get(end, "") + _marks(entity)[1]
    opened: dict[int, str] = {}
    for entity in text.entities:
        begin = number(entity, "offset")
        opened[begin] = opened.get(begin, "") + _marks(entity)[0]
    for place, mark in opened.items():
        marks[place] = marks.get(place, "") + mark
    return _woven(text, marks, escape=True)


def as_plain(text: Text) -> str:
    """Give a text for transcripts: no styles, links as `text <url>`."""
    marks: dict[int, str] = {}
    for entity in text.entities:
        if entity["type"] == "text_link":
            end = number(entity, "offset") + number(entity, "length")
            marks[end] = f" <{entity['url']}>"
    return _woven(text, marks, escape=False)
