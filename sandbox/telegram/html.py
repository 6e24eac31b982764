"""Telegram's HTML parse mode: texts with tags into plain text with entities.

Errors and byte offsets follow tdlib (facts: MessageEntity.cpp, parse_html).
"""

import re
from dataclasses import dataclass, field

from sandbox.telegram.fields import FieldError, Json
from sandbox.telegram.urls import checked_link

SPACES = " \t\r\n\v\0"
TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
DATE_TIME_FORMAT = re.compile(r"[rR]|[wWdDtT]*")
MAX_CODE_POINT = 0x10FFFF


def utf16(text: str) -> int:
    """Count the UTF-16 units of a text: what entity offsets are measured in."""
    return len(text.encode("utf-16-le")) // 2


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    begin: int


@dataclass
class _Parser:
    source: str
    at: int = 0
    length: int = 0
    text: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def parse(self) -> None:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "&":
                self.add(self.reference() or self.next())
            elif char == "<":
                self.at += 1
                self.end_tag() if self.peek() == "/" else self.start_tag()
            else:
                self.add(self.next())
        if self.open:
            tag = self.open[-1].tag
            raise FieldError(f'Can\'t find end tag corresponding to start tag "{tag}"')

    def peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def next(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def add(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16(text)

    def offset_of(self, position: int) -> int:
        return len(self.source[:position].encode())

    def until(self, stops: str) -> str:
        begin = self.at
        while self.peek() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def skip_spaces(self) -> None:
        while self.at < len(self.source) and self.peek() in SPACES:
            self.at += 1

    def reference(self) -> str:
        found = REFERENCE.match(self.source, self.at)
        if found is None:
            return ""
        hexadecimal, decimal, name = found.groups()
        if name is not None:
            char = NAMED.get(name, "")
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            char = chr(code) if 0 < code < MAX_CODE_POINT else ""
        if char:
            self.at = found.end()
        return char

    def start_tag(self) -> None:
        begin = self.at - 1
        where = self.offset_of(begin)
        tag = self.until(SPACES + ">").lower()
        if self.at >= len(self.source):
            raise FieldError(f"Unclosed start tag at byte offset {where}")
        if tag not in TAGS:
            raise FieldError(f'Unsupported start tag "{tag}" at byte offset {where}')
        attributes = self.attributes(tag, where)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise FieldError(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(_Open(tag, attributes, self.length, len(self.text)))

    def attributes(self, tag: str, where: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self.skip_spaces()
            if self.peek() == ">":
                self.at += 1
                return found
            name = self.until(SPACES + "=>")
            if not name:
                raise FieldError(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
            self.skip_spaces()
            if self.peek() != "=":
                if tag == "blockquote" and name == "expandable":
                    found[name] = ""
                    continue
                raise FieldError(
                    "Expected equal sign in declaration of an attribute of the tag "
                    f'"{tag}" at byte offset {where}'
                )
            self.at += 1
            self.skip_spaces()
            found[name] = self.attribute_value(tag, where)

    def attribute_value(self, tag: str, where: int) -> str:
        if self.at >= len(self.source):
            raise FieldError(f'Unclosed start tag "{tag}" at byte offset {where}')
        quote = self.peek()
        if quote not in "'\"":
            begin = self.at
            token = re.compile(r"[A-Za-z0-9.-]*").match(self.source, self.at)
            self.at = token.end() if token else self.at
            if self.peek() not in SPACES + ">":
                at = self.offset_of(begin)
                raise FieldError(f"Unexpected end of name token at byte offset {at}")
            return self.source[begin : self.at].lower()
        self.at += 1
        value = []
        while self.at < len(self.source) and self.peek() != quote:
            value.append((self.reference() if self.peek() == "&" else "") or self.next())
        self.at += 1
        if self.at >= len(self.source):
            raise FieldError(f"Unclosed start tag at byte offset {where}")
        return "".join(value)

    def end_tag(self) -> None:
        where = self.offset_of(self.at - 1)
        if not self.open:
            raise FieldError(f"Unexpected end tag at byte offset {where}")
        self.at += 1
        tag = self.until(SPACES + ">").lower()
        self.skip_spaces()
        if self.next() != ">":
            raise FieldError(f"Unclosed end tag at byte offset {where}")
        opened = self.open.pop()
        if tag not in {"", opened.tag}:
            raise FieldError(
                f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", '
                f'found "</{tag}>"'
            )
        self.close(opened)

    def close(self, opened: _Open) -> None:
        length = self.length - opened.offset
        if not length:
            return
        entity: Json = {"type": TAGS[opened.tag], "offset": opened.offset, "length": length}
        inner = "".join(self.text[opened.begin :])
        if _complete(entity, opened, inner, [one.tag for one in self.open]):
            self.entities.append(entity)


def _complete(entity: Json, opened: _Open, inner: str, around: list[str]) -> bool:
    """Add what the kind of entity needs; false when Telegram drops the entity silently."""
    attributes = opened.attributes
    if opened.tag == "a":
        return _link(entity, attributes.get("href") or inner)
    if opened.tag == "tg-time":
        _date_time(entity, attributes)
    elif opened.tag == "tg-emoji":
        _emoji(entity, attributes.get("emoji-id", ""))
    elif opened.tag == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    elif opened.tag == "code" and around[-1:] == ["pre"]:
        return False
    return True


def _link(entity: Json, href: str) -> bool:
    mention = re.fullmatch(r"tg://user\?id=(\d+)", href)
    if mention:
        entity["type"] = "text_mention"
        entity["user"] = {"id": int(mention[1]), "is_bot": False, "first_name": "?"}
        return True
    try:
        entity["url"] = checked_link(href)
    except FieldError:
        return False
    return True


def _emoji(entity: Json, identifier: str) -> None:
    if not identifier.isdigit() or not 0 < int(identifier) < 1 << 63:
        raise FieldError("Invalid custom emoji identifier specified")
    entity["custom_emoji_id"] = identifier


def _date_time(entity: Json, attributes: dict[str, str]) -> None:
    unix, layout = attributes.get("unix", ""), attributes.get("format", "")
    if not unix.isdigit():
        raise FieldError("Invalid date specified")
    if not DATE_TIME_FORMAT.fullmatch(layout):
        raise FieldError("Invalid date-time format specified")
    entity["unix_time"] = int(unix)
    entity["date_time_format"] = layout


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Parse a text in HTML mode into plain text and its entities, or raise FieldError."""
    parser = _Parser(source)
    parser.parse()
    return "".join(parser.text), parser.entities
