"""What the hosted pages are made with: templates, assets and the parts that several pages show."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sandbox.stripe.store import Store
from sandbox.stripe.tongues import Tongue
from sandbox.stripe.wire import Obj

_PAGES: Final = Path(__file__).parent / "pages"
_KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ASSETS: Final = {
    path.name: (path.read_bytes(), _KINDS[path.suffix])
    for path in sorted(_PAGES.iterdir())
    if path.suffix in _KINDS
}
_VERSION: Final = hashlib.sha256(b"".join(body for body, _ in ASSETS.values())).hexdigest()[:12]


def bdi(text: str) -> Markup:
    """Keep the direction of a name from spilling over into the sentence around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"version": _VERSION, "bdi": bdi, "bare": False}
    made.globals["parts"] = made.get_template("parts.html").module
    return made


_TEMPLATES: Final = _environment()


@dataclass(frozen=True)
class Frame:
    """Whose page it is, in which language, and how far from it the assets are."""

    store: Store
    tongue: Tongue
    root: str  # from the page's address up to the sandbox's, which may be mounted anywhere

    def render(self, template: str, **context: object) -> str:
        """Return a page."""
        return _TEMPLATES.get_template(template).render(
            context
            | {
                "tongue": self.tongue,
                "say": self.tongue.say,
                "shop": self.store.business_name,
                "root": self.root,
            }
        )

    def items(self, session: Obj) -> list[Obj]:
        """Return what is bought, as it is shown."""
        return [self._item(item) for item in self.store.line_items[session["id"]]]

    def _item(self, item: Obj) -> Obj:
        price, count = item["price"], item["quantity"]
        money = self.tongue.money
        return {
            "name": item["description"],
            "description": self.store.products[price["product"]].get("description", ""),
            "count": self.tongue.figures(str(count)),
            "each": money(price["unit_amount"], item["currency"]) if count > 1 else "",
            "amount": money(item["amount_total"], item["currency"]),
        }
