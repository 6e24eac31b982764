"""Who may pass as an admin."""

import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import Update

from handlers.context import Visit

log = logging.getLogger(__name__)

Handler = Callable[[Update, Visit], Coroutine[Any, Any, None]]


def admins_only(handler: Handler, otherwise: Handler) -> Handler:
    """Return a handler that is there for `telegram.admins` alone; others get `otherwise`."""

    @wraps(handler)
    async def checked(update: Update, visit: Visit) -> None:
        user = update.effective_user
        allowed = user is not None and user.id in visit.env.shop.admins
        if not allowed:
            log.debug("refused what is for admins")
        await (handler if allowed else otherwise)(update, visit)

    return checked
