"""Every text in every language: read once from the catalogues, filled in and escaped here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from booking.catalog import text_in
from booking.ports import Shop

LOCALES: Final = Path(__file__).parent / "locales"
FALLBACK: Final = "en"
_OWN_DIGITS: Final = {"bn": str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")}
_PLURAL_ORDER: Final = ("zero", "one", "two", "few", "many", "other")

Text = str | Mapping[str, str]


@cache
def translated() -> frozenset[str]:
    """Return the languages that have a message catalogue."""
    return frozenset(path.stem for path in LOCALES.glob("*.po"))


def offered(shop: Shop) -> tuple[str, ...]:
    """Return the shop's languages that we can speak, its default first."""
    return tuple(code for code in shop.languages if code in translated()) or (FALLBACK,)


def negotiate(wanted: str | None, shop: Shop) -> str:
    """Return the offered language nearest to an IETF tag such as "pt-BR", or the shop's default."""
    languages = offered(shop)
    tag = (wanted or "").replace("_", "-").casefold()
    while tag:
        for code in languages:
            if code.casefold() == tag:
                return code
        tag = tag.rpartition("-")[0]
    return languages[0]


@cache
def catalogue(language: str) -> Catalog:
    """Read the messages of a language."""
    with (LOCALES / f"{language}.po").open("rb") as lines:
        return read_po(lines, locale=language)


@dataclass(frozen=True, slots=True)
class _Trusted:
    """A template of ours: its markup is meant."""

    html: str

    def __html__(self) -> str:
        return self.html


class Words:
    """The texts of one language for one shop; arguments are escaped, digits are the language's."""

    def __init__(self, language: str, shop: Shop) -> None:
        self.language = negotiate(language, shop)
        self.shop = shop
        self.locale = Locale.parse(self.language)

    def __call__(self, key: str, **args: object) -> Markup:
        """Return a text as HTML; `count` chooses the plural."""
        template = escape(_Trusted(self._template(key, args)))
        return template.format(**{name: self._own(value) for name, value in args.items()})

    def plain(self, key: str, **args: object) -> str:
        """Return a text for where markup is not understood: buttons, toasts, file names."""
        template = self._template(key, args)
        return template.format(**{name: self._own(value) for name, value in args.items()})

    def digits(self, text: str) -> str:
        """Write a number the way the language writes its digits."""
        return text.translate(_OWN_DIGITS.get(self.language, {}))

    def local(self, text: Text) -> str:
        """Choose from a text of the shop: this language, else the shop's default, else any."""
        if isinstance(text, str):
            return text
        return text_in(text, self.language, self.shop.default_language)

    def _own(self, value: object) -> object:
        return self.digits(str(value)) if isinstance(value, int) else value

    def _template(self, key: str, args: Mapping[str, object]) -> str:
        message = catalogue(self.language).get(key)
        if message is None or not message.string:
            raise KeyError(f"{key}: no such text in {self.language}")
        if isinstance(message.string, str):
            return message.string
        count = args["count"]
        tags = self.locale.plural_form.tags | {"other"}
        order: list[str] = [tag for tag in _PLURAL_ORDER if tag in tags]
        assert isinstance(count, int)
        return message.string[order.index(self.locale.plural_form(count))]


@lru_cache(maxsize=64)
def words_of(language: str, shop: Shop) -> Words:
    """Return the words of a language for a shop, made once."""
    return Words(language, shop)


def read_digits(text: str) -> str:
    """Turn decimal digits of any script (Bengali, Arabic, full width …) into ASCII digits."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
