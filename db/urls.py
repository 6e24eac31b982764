"""Database URLs: which engine they name, and Tortoise's configuration for them."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE: Final = "sqlite"
POSTGRES: Final = "postgres"
APP: Final = "models"
MODULES: Final = ("db.shop_models", "db.models", "db.money_models")
_SCHEMES: Final = {"sqlite": SQLITE, "postgres": POSTGRES, "postgresql": POSTGRES}
_POOL: Final = 10


def engine_of(url: str) -> str:
    """Return the engine a database URL names; raise ValueError for one we do not know."""
    scheme = url.partition("://")[0]
    if scheme not in _SCHEMES:
        raise ValueError(f"a database URL begins with sqlite:// or postgres://, not {scheme}://")
    return _SCHEMES[scheme]


def path_of(url: str) -> Path:
    """Return the file of an SQLite URL: `sqlite://data/x.db` or `sqlite:///abs/x.db`."""
    return Path(url.partition("://")[2])


def configuration(url: str, *, foreign_keys: bool = True) -> dict[str, Any]:
    """Return Tortoise's configuration for a URL.

    The connection is named after its engine: Tortoise caches the SQL of a model by connection
    name, so one name for both engines would give the second the SQL of the first.
    """
    engine = engine_of(url)
    sqlite = engine == SQLITE
    connection = _sqlite(url, foreign_keys=foreign_keys) if sqlite else _postgres(url)
    app = {"models": list(MODULES), "default_connection": engine, "migrations": "db.migrations"}
    return {"connections": {engine: connection}, "apps": {APP: app}, "use_tz": True}


def _sqlite(url: str, *, foreign_keys: bool) -> dict[str, Any]:
    keys = "ON" if foreign_keys else "OFF"
    credentials = {"file_path": str(path_of(url)), "foreign_keys": keys}
    return {"engine": "db.backends.sqlite_immediate", "credentials": credentials}


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    credentials: dict[str, Any] = {
        "host": options.get("host", parts.hostname),
        "port": int(options.get("port", parts.port or 5432)),
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")),
        "maxsize": _POOL,
        "application_name": "booking-bot",
        "server_settings": {"jit": "off"},
    }
    if "sslmode" in options:
        credentials["ssl"] = options["sslmode"]
    return {"engine": "db.backends.asyncpg_safe", "credentials": credentials}
