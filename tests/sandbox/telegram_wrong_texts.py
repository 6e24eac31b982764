"""Wrong texts, entities and HTML."""

from tests.sandbox.telegram_wrong import BAD, ENTITIES, ENTITY, SAY, TO_ADA, Wrong, say


def html(text: str, description: str, source: str = "live") -> Wrong:
    params = {**TO_ADA, "text": text, "parse_mode": "HTML"}
    return Wrong("sendMessage", params, ENTITIES + description, source=source)


def entity(value: dict, description: str, source: str = "live") -> Wrong:
    params = {**SAY, "entities": [{"offset": 0, "length": 1, **value}]}
    return Wrong("sendMessage", params, description, source=source)


TEXTS = [
    Wrong("sendMessage", TO_ADA, BAD + "message text is empty"),
    say({"text": ""}, BAD + "message text is empty"),
    say({"text": "   \n"}, BAD + "text must be non-empty"),
    say({"text": "x" * 4097}, BAD + "message is too long"),
    say({"text": "\U0001f600" * 4097}, BAD + "message is too long"),
    say({"parse_mode": "INVALID"}, BAD + "unsupported parse_mode"),
    html("<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
    html("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
    html("é <x>y</x>", 'Unsupported start tag "x" at byte offset 3', "server"),
    html(
        "<b><i>test</b></i>",
        'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
    ),
    html("a</b>", "Unexpected end tag at byte offset 1", "server"),
    html("a < b", 'Unsupported start tag "" at byte offset 2', "server"),
    html("a <b", "Unclosed start tag at byte offset 2", "server"),
    html("<b>a</b ", "Unclosed end tag at byte offset 4", "server"),
    html('<a href="x', "Unclosed start tag at byte offset 0", "server"),
    html("<a =1>x</a>", 'Empty attribute name in the tag "a" at byte offset 0', "server"),
    html(
        "<a href>x</a>",
        'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        "server",
    ),
    html("<a href=x:y>x</a>", "Unexpected end of name token at byte offset 8", "server"),
    html("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0', "server"),
    html(
        '<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>',
        "Invalid custom emoji identifier specified",
    ),
    html(
        '<tg-time unix="1" format="q">x</tg-time>',
        "Invalid date-time format specified",
        "server",
    ),
    html('<tg-time format="r">x</tg-time>', "Invalid date specified", "ours"),
    html('<tg-time unix="99999999999">x</tg-time>', "Invalid date specified", "ours"),
    entity({"type": "invalid_type"}, ENTITY + "Unsupported type specified"),
    entity({"type": "text_link"}, ENTITY + 'Can\'t find field "url"'),
    entity({"type": "text_mention"}, ENTITY + 'Can\'t find field "user"'),
    entity({"type": "custom_emoji"}, ENTITY + 'Can\'t find field "custom_emoji_id"'),
    entity(
        {"type": "text_link", "url": "not-a-url"},
        BAD + "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    entity({"type": "text_link", "url": ""}, BAD + "entity URL '' is invalid: URL host is empty"),
    entity(
        {"type": "bold", "offset": 100},
        BAD + "entity begins after the end of the text at UTF-16 offset 100",
    ),
    entity(
        {"type": "bold", "length": 100},
        BAD + "entity beginning at UTF-16 offset 0 ends after the end of the text "
        "at UTF-16 offset 100",
    ),
    entity({"type": "bold", "offset": -1}, BAD + "receive an entity with incorrect offset -1"),
    entity(
        {"type": "date_time", "unix_time": 1, "date_time_format": "q"},
        ENTITY + "Invalid date-time format specified",
        "server",
    ),
]
