"""What a view is asked for: by whom, of what."""

from dataclasses import dataclass
from typing import Any

from db.models import Customer
from handlers.door import Door
from handlers.words import Words


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown to whom."""

    door: Door
    customer: Customer
    words: Words
    ref: Any
    """What the view is of: a draft's id, a booking's reference, a day."""

    @property
    def is_admin(self) -> bool:
        """Tell whether an admin asks."""
        return self.customer.telegram_id in self.door.env.shop.admins
