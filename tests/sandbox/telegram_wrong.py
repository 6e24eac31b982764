"""What the tables of wrong calls share."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wrong:
    method: str
    params: dict = field(default_factory=dict)
    description: str = ""
    code: int = 400
    source: str = "live"

    def __str__(self) -> str:
        return f"{self.method}: {self.description}"


def inline(**button) -> dict:
    return {"inline_keyboard": [[{"text": "B", **button}]]}


ADA, NOBODY, SHY, BLOCKER, GHOST = 501, 999, 502, 503, 504
TO_ADA = {"chat_id": ADA}
SAY = {"chat_id": ADA, "text": "hello"}
EDIT = {"chat_id": ADA, "message_id": "$text", "text": "new"}
BAD = "Bad Request: "
ENTITIES = "Bad Request: can't parse entities: "
ENTITY = "Bad Request: can't parse MessageEntity: "
BUTTON = "Bad Request: can't parse inline keyboard button: "
KEY = "Bad Request: can't parse keyboard button: "
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def say(params: dict, description: str, code: int = 400, source: str = "live") -> Wrong:
    return Wrong("sendMessage", {**SAY, **params}, description, code, source)
