"""The parameters of one call, however they travelled: query, form, multipart or JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.telegram.errors import bad_request
from sandbox.telegram.fields import Json

TRUE_WORDS = frozenset({"true", "yes", "1"})


@dataclass(frozen=True)
class Upload:
    """One uploaded file."""

    filename: str
    content_type: str
    data: bytes


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


@dataclass
class Params:
    """Hold texts and files by name, and read them as the server does: leniently."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Read a string; empty when absent."""
        return self.texts.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """Read a number; what is no number counts as 0, as on the server."""
        raw = self.text(name).strip()
        if not raw:
            return default
        try:
            return int(raw)
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        """Read a boolean."""
        return self.text(name).lower() in TRUE_WORDS

    def json(self, name: str, what: str) -> object:
        """Read a JSON value; None when absent, an error naming `what` when unreadable."""
        raw = self.text(name)
        if not raw:
            return None
        try:
            value: object = json.loads(raw)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None
        return value

    def shown(self) -> Json:
        """Give the parameters for the record of calls: nested JSON opened, files described."""
        seen: Json = {}
        for name, raw in self.texts.items():
            seen[name] = _opened(raw)
        for name, upload in self.files.items():
            seen[name] = f"{upload.filename} ({len(upload.data)} bytes)"
        return seen


def _opened(raw: str) -> object:
    if raw[:1] not in {"{", "["}:
        return raw
    try:
        value: object = json.loads(raw)
    except ValueError:
        return raw
    return value


async def read_params(request: web.Request) -> Params:
    """Read the parameters of a request: the query first, then the body."""
    params = Params({name: str(value) for name, value in request.query.items()})
    if request.method != "POST":
        return params
    if request.content_type == "application/json":
        _take_json(params, await request.read())
    elif request.content_type.startswith("multipart/") or request.content_type.endswith("encoded"):
        _take_form(params, await request.post())
    return params


def _take_json(params: Params, body: bytes) -> None:
    if not body:
        return
    try:
        values = json.loads(body)
    except ValueError:
        raise bad_request("Can't parse request body: JSON is invalid") from None
    if not isinstance(values, dict):
        raise bad_request("Can't parse request body: object expected")
    params.texts.update({str(name): _text(value) for name, value in values.items()})


def _take_form(params: Params, form: Mapping[str, object]) -> None:
    for name, value in form.items():
        if isinstance(value, web.FileField):
            data = value.file.read()
            params.files[name] = Upload(value.filename, value.content_type, data)
        else:
            params.texts[name] = str(value)
