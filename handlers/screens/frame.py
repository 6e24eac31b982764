"""What every screen of an open draft is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from markupsafe import Markup

from booking.catalog import Question, Service
from booking.catalog_store import Shelf
from booking.choices import ANY, Choices
from handlers import formats
from handlers.keyboards import Verb, on_draft, one
from handlers.outgoing import Button
from handlers.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A draft as it is now, with the words to show it and the present instant."""

    words: Words
    shelf: Shelf
    draft_id: int
    version: int
    choices: Choices
    now: datetime
    photo: str | None = None
    """Address of the chosen service's picture."""

    @property
    def service(self) -> Service:
        """Return the chosen service; only asked for once there is one."""
        service = self.shelf.service(self.choices.service or "")
        assert service is not None
        return service

    @property
    def today(self) -> date:
        """Return the shop's day."""
        return self.now.astimezone(self.words.shop.timezone).date()

    @property
    def start(self) -> datetime | None:
        """Return the chosen start."""
        start = self.choices.start
        return None if start is None else datetime.fromtimestamp(start, UTC)

    def service_name(self) -> str:
        """Return the chosen service's name in the customer's language."""
        return self.words.local(self.service.name)

    def staff_name(self) -> str:
        """Return the chosen staff member's name, or the word for anybody."""
        staff = self.choices.staff
        if staff is None or staff == ANY:
            return self.words.plain("staff.any")
        return self.name_of(staff)

    def name_of(self, staff_key: str) -> str:
        """Return a staff member's name in the customer's language."""
        member = self.shelf.catalog.staff_member(staff_key)
        return self.words.local(member.name) if member else staff_key

    def services(self) -> list[Service]:
        """Return what can be booked, in the order of the categories and of the file."""
        order = {category.key: at for at, category in enumerate(self.shelf.catalog.categories)}
        return sorted(
            self.shelf.catalog.services,
            key=lambda service: order.get(service.category or "", len(order)),
        )

    def category_name(self, service: Service) -> str:
        """Return the heading a service stands under; "" when there is none."""
        for category in self.shelf.catalog.categories:
            if category.key == service.category:
                return self.words.local(category.name)
        return ""

    def tap(self, verb: Verb, arg: str = "") -> str:
        """Return callback data for this version of this draft."""
        return on_draft(self.draft_id, self.version, verb, arg)

    def back(self) -> tuple[Button, ...]:
        """Return the row that leads to the step before."""
        return one(self.words.plain("button.back"), self.tap(Verb.BACK))

    @property
    def question(self) -> Question:
        """Return the question being asked."""
        asked = [one for one in self.service.questions if one.key == self.choices.question]
        return (asked or list(self.service.questions))[0]

    def short(self) -> str:
        """Name the booking that was begun: the service, and the time when there is one."""
        if self.start is None:
            return self.service_name()
        return f"{self.service_name()}, {formats.moment(self.words, self.start)}"

    def so_far(self) -> Markup:
        """Say in one line what was chosen already."""
        parts = [self.service_name()]
        if self.choices.staff not in (None, ANY):
            parts.append(self.staff_name())
        if self.start is not None:
            parts.append(formats.moment(self.words, self.start))
        elif self.choices.day is not None:
            parts.append(formats.day(self.words, date.fromisoformat(self.choices.day)))
        return Markup("{}").format(" · ".join(parts))

    def asks(self, key: str) -> Markup:
        """Ask the question of a step."""
        return Markup("<b>{}</b>").format(self.words(key))


def staff_choice(frame: Frame) -> Sequence[str]:
    """Return who offers the chosen service."""
    return frame.shelf.staff_of(frame.service.key)
