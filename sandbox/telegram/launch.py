"""Launch data of Mini Apps, signed as Telegram documents it."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from sandbox.telegram.people import Person


def init_data(token: str, person: Person, *, at: float, start_param: str = "") -> str:
    """Give the query string `initData`: HMAC-SHA256 over the sorted lines `key=value`."""
    fields = {
        "query_id": f"AAE{person.id}",
        "user": json.dumps(person.as_user(), ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(at)),
    }
    if start_param:
        fields["start_param"] = start_param
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    fields["hash"] = hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()
    return urlencode(fields)
