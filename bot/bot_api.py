"""Call the Bot API with ready dicts: a seventh of the cost of PTB's typed methods (measured)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from telegram.error import NetworkError

from bot.telegram_request import JSON_HEADERS, READ_SECONDS, Body, Transport

Params = Mapping[str, Any]
UPLOAD_SECONDS: Final = 40.0
UNKNOWN_BOT: Final = (401, 404)
BAD_REQUEST: Final = 400


class ApiRefusal(Exception):
    """Telegram answered and did not do it."""

    def __init__(
        self, code: int, description: str, retry_after: float | None, migrated_to: int | None
    ) -> None:
        super().__init__(f"{code} {description}")
        self.code, self.description = code, description
        self.retry_after, self.migrated_to = retry_after, migrated_to

    @property
    def refuses_token(self) -> bool:
        """Tell whether it was the token: Telegram does not know the bot."""
        return self.code in UNKNOWN_BOT

    @property
    def finds_mistake(self) -> bool:
        """Tell whether it was the call itself: asking the same again is of no use."""
        return self.code == BAD_REQUEST

    def says(self, *fragments: str) -> bool:
        """Tell whether the description contains one of these, in any case."""
        description = self.description.lower()
        return any(fragment in description for fragment in fragments)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send along: the parameter it stands for, its name and its bytes."""

    field: str
    filename: str
    content: bytes


class BotApi:
    """The Bot API of one bot."""

    def __init__(self, transport: Transport, *, token: str, api_url: str) -> None:
        self._transport = transport
        self._base = f"{api_url.rstrip('/')}/bot{token}/"

    async def call(
        self,
        method: str,
        params: Params | None = None,
        *,
        upload: Upload | None = None,
        seconds: float = READ_SECONDS,
    ) -> object:
        """Return the `result`; raise ApiRefusal, NotSent, TimedOut or NetworkError (unknown)."""
        body: Body = json.dumps(params or {}).encode()
        if upload:
            body, seconds = _form(params or {}, upload), UPLOAD_SECONDS
        status, raw = await self._transport.exchange(
            self._base + method, body, headers=None if upload else JSON_HEADERS, seconds=seconds
        )
        return _result(status, raw)


def _form(params: Params, upload: Upload) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in params.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    form.add_field(upload.field, upload.content, filename=upload.filename)
    return form


def _result(status: int, raw: bytes) -> object:
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise NetworkError(f"no JSON in an answer with status {status}")
    if answer.get("ok"):
        return answer["result"]
    said = answer.get("parameters") or {}
    code = answer.get("error_code", status)
    retry_after, migrated_to = said.get("retry_after"), said.get("migrate_to_chat_id")
    raise ApiRefusal(int(code), str(answer.get("description", "")), retry_after, migrated_to)


def as_dict(result: object) -> dict[str, Any]:
    """Return a result that must be an object."""
    if not isinstance(result, dict):
        raise NetworkError("Telegram answered something else than an object")
    return result
