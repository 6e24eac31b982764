"""The shape of Telegram's updates, as far as we read them (core.telegram.org/bots/api#update)."""

from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from telegram.constants import ChatType

_LARGEST: Final = 2**52
"""Ids have at most 52 bits, by Telegram's own word."""
Id = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Chat(_Part):
    id: Id
    type: str


class _User(_Part):
    id: Id
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class _Entity(_Part):
    type: str
    offset: Count
    length: Count


class _Contact(_Part):
    phone_number: str
    first_name: str
    user_id: Id | None = None


class _Pressed(_Part):
    """A message whose button was pressed; of an old one Telegram tells no sender."""

    message_id: Id
    date: Count
    chat: _Chat
    sender: _User | None = Field(default=None, alias="from")
    text: str | None = None
    entities: list[_Entity] | None = None
    contact: _Contact | None = None


class _Message(_Pressed):
    @model_validator(mode="after")
    def _somebody_wrote_it(self) -> Self:
        if self.chat.type == ChatType.PRIVATE and self.sender is None:
            raise ValueError("nobody wrote it")
        return self


class _Press(_Part):
    id: str
    sender: _User = Field(alias="from")
    message: _Pressed | None = None
    data: str | None = None


class _Status(_Part):
    status: str
    user: _User


class _Member(_Part):
    chat: _Chat
    sender: _User = Field(alias="from")
    date: Count
    old_chat_member: _Status
    new_chat_member: _Status


class _Update(_Part):
    update_id: Annotated[int, Field(ge=0, lt=2**63)]
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Press | None = None
    my_chat_member: _Member | None = None


def misshapen(update: object) -> str:
    """Return what of an update is not as Telegram says it is, in a few words; "" for nothing."""
    try:
        _Update.model_validate(update)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return ""
