"""Texts as Telegram keeps them: plain, trimmed, with entities in UTF-16 units."""

import re
from dataclasses import dataclass, field

from sandbox.telegram import fields
from sandbox.telegram.errors import bad_request
from sandbox.telegram.fields import FieldError, Json, words
from sandbox.telegram.html import DATE_TIME_FORMAT, parse_html, utf16
from sandbox.telegram.params import Params
from sandbox.telegram.urls import checked_link

AUTOMATIC = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?!\w)"),
    "url": re.compile(r"(?<!\w)https?://[^\s<>]+[^\s<>.,;:!?)\]]"),
    "email": re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "mention": re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}"),
    "hashtag": re.compile(r"(?<!\w)#\w*[^\W\d]\w*"),
}
PLAIN_KINDS = words(
    "bold italic underline strikethrough spoiler code pre blockquote expandable_blockquote"
)
FOUND_KINDS = frozenset([*AUTOMATIC, "cashtag", "phone_number", "bank_card_number"])
MAX_DATE_AHEAD = 1098 * 86400
MAX_CAPTION = 1024


@dataclass(frozen=True)
class Text:
    """A plain text and its entities."""

    plain: str = ""
    entities: list[Json] = field(default_factory=list)


def read_text(params: Params, name: str, entities_name: str, now: float) -> Text:
    """Read a text parameter with its parse mode or entities."""
    raw = params.text(name).replace("\r", "")
    mode = params.text("parse_mode").lower()
    if not raw:
        return Text()
    if mode == "html":
        try:
            plain, entities = parse_html(raw)
        except FieldError as error:
            raise bad_request(f"can't parse entities: {error}") from None
        for entity in entities:
            _check_date(entity, now, "can't parse entities")
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request(f'strict sandbox: parse_mode "{mode}" is not pretended, use HTML')
    elif mode not in {"", "none"}:
        raise bad_request("unsupported parse_mode")
    else:
        plain = raw
        entities = _listed(params.json(entities_name, "entities"), raw, now)
    return finished(plain, entities)


def finished(plain: str, entities: list[Json]) -> Text:
    """Trim a text, find commands, links and addresses in it, and sort its entities."""
    start = utf16(plain) - utf16(plain.lstrip())
    plain = plain.strip()
    length = utf16(plain)
    kept: list[Json] = []
    for entity in entities:
        begin = max(number(entity, "offset") - start, 0)
        end = min(number(entity, "offset") + number(entity, "length") - start, length)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    taken = [(number(e, "offset"), number(e, "offset") + number(e, "length")) for e in kept]
    solid = [
        span
        for span, e in zip(taken, kept, strict=True)
        if e["type"] in {"code", "pre", "text_link"}
    ]
    for kind, pattern in AUTOMATIC.items():
        for found in pattern.finditer(plain):
            begin = utf16(plain[: found.start()])
            end = begin + utf16(found.group())
            if not any(begin < stop and end > first for first, stop in solid):
                kept.append({"type": kind, "offset": begin, "length": end - begin})
                solid.append((begin, end))
    kept.sort(key=lambda e: (number(e, "offset"), -number(e, "length"), str(e["type"])))
    return Text(plain, kept)


def number(entity: Json, name: str) -> int:
    """Read an offset, a length or a date of a finished entity."""
    value = entity[name]
    return value if isinstance(value, int) else 0


def _listed(value: object, plain: str, now: float) -> list[Json]:
    if not isinstance(value, list):
        return []
    entities: list[Json] = []
    for item in value:
        try:
            entity = _entity(fields.as_object(item))
        except FieldError as error:
            raise bad_request(f"can't parse MessageEntity: {error}") from None
        _check_place(entity, utf16(plain))
        _check_date(entity, now, "can't parse MessageEntity")
        if entity["type"] not in FOUND_KINDS:
            entities.append(entity)
    return entities


def _entity(source: Json) -> Json:
    kind = fields.required_string(source, "type")
    entity: Json = {
        "type": kind,
        "offset": fields.required_integer(source, "offset"),
        "length": fields.required_integer(source, "length"),
    }
    if kind in PLAIN_KINDS or kind in FOUND_KINDS:
        return entity
    if kind == "text_link":
        url = fields.required_string(source, "url")
        try:
            entity["url"] = checked_link(url)
        except FieldError as error:
            raise bad_request(f"entity URL '{url}' is invalid: {error}") from None
    elif kind == "text_mention":
        fields.required(source, "user")
        entity["user"] = fields.mapping(source, "user")
    elif kind == "custom_emoji":
        entity["custom_emoji_id"] = fields.required_string(source, "custom_emoji_id")
    elif kind == "date_time":
        _date_time(entity, source)
    else:
        raise FieldError("Unsupported type specified")
    return entity


def _date_time(entity: Json, source: Json) -> None:
    entity["unix_time"] = fields.required_integer(source, "unix_time")
    layout = fields.string(source, "date_time_format")
    if not DATE_TIME_FORMAT.fullmatch(layout):
        raise FieldError("Invalid date-time format specified")
    entity["date_time_format"] = layout


def _check_date(entity: Json, now: float, where: str) -> None:
    if entity["type"] != "date_time":
        return
    if not 0 <= number(entity, "unix_time") <= now + MAX_DATE_AHEAD:
        raise bad_request(f"{where}: Invalid date specified")


def _check_place(entity: Json, length: int) -> None:
    offset, size = number(entity, "offset"), number(entity, "length")
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if size < 0:
        raise bad_request(f"receive an entity with incorrect length {size}")
    if offset > length:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + size > length:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
            f"at UTF-16 offset {offset + size}"
        )


def read_caption(params: Params, now: float) -> Text:
    """Read a caption of at most 1024 code points."""
    caption = read_text(params, "caption", "caption_entities", now)
    if len(caption.plain) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return caption
