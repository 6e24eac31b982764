"""What the operator decides, merged from a TOML file, the environment and files of secrets."""

import os
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, PrivateAttr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot import files
from bot.settings_contradictions import contradictions
from bot.settings_models import (
    AnalyticsSettings,
    BookingSettings,
    DatabaseSettings,
    EmailSettings,
    LogSettings,
    PrivacySettings,
    ShopSettings,
    StripeSettings,
    TelegramSettings,
    WebSettings,
)
from bot.settings_trees import Tree, is_json, laid_over, secrets_in

PREFIX: Final = "BOOKING_BOT__"
FILE_VARIABLE: Final = "BOOKING_BOT_CONFIG"
FILE_SUFFIX: Final = "_file"
SQLITE: Final = "sqlite://"
DEFAULT_FILE: Final = "config.toml"
LONGEST: Final = 1 << 20


class ConfigurationError(Exception):
    """The configuration cannot be used; `mistakes` has one line each, naming the key."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Settings(BaseSettings):
    """Everything the operator decides, section by section."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram: TelegramSettings
    stripe: StripeSettings
    web: WebSettings
    database: DatabaseSettings = DatabaseSettings()
    shop: ShopSettings
    booking: BookingSettings = BookingSettings()
    email: EmailSettings = EmailSettings()
    analytics: AnalyticsSettings = AnalyticsSettings()
    privacy: PrivacySettings = PrivacySettings()
    log: LogSettings = LogSettings()
    _file: Path = PrivateAttr(default_factory=lambda: Path.cwd() / DEFAULT_FILE)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `read` has merged, and nothing behind its back."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def file(self) -> Path:
        """Return the configuration file, which may be absent when the environment says it all."""
        return self._file

    @property
    def home(self) -> Path:
        """Return the folder relative paths are relative to: the configuration file's."""
        return self._file.parent

    def of(self, file: Path) -> Self:
        """Set the configuration file."""
        self._file = file
        return self

    def secrets(self) -> list[str]:
        """Return every secret in clear, for the log to hide."""
        return [secret for secret in secrets_in(self) if secret]


def place(path: Path | None = None) -> Path:
    """Return where the configuration is: `path`, else BOOKING_BOT_CONFIG, else ./config.toml."""
    return path or Path(os.environ.get(FILE_VARIABLE, DEFAULT_FILE))


def read(path: Path | None = None, *, unsigned: bool = False) -> Settings:
    """Return the checked configuration; raise ConfigurationError.

    The file may be absent when nobody named it and the environment says it all. Relative paths
    are relative to it. `unsigned` lets stripe.webhook_secrets be empty, for who comes to fill it.
    """
    file = place(path)
    is_named = path is not None or FILE_VARIABLE in os.environ
    from_environment = any(name.upper().startswith(PREFIX) for name in os.environ)
    tree: Tree = {}
    if is_named or file.exists() or not from_environment:
        tree = _toml(file)
    base = file.resolve().parent
    merged = laid_over(_with_files(tree, base), _with_files(_environment(), base))
    complete = _with_absolute_database(merged, base)
    return checked(complete, list(_strange()), unsigned=unsigned).of(file.resolve())


def _toml(file: Path) -> Tree:
    try:
        return tomllib.loads(files.read(file, most=LONGEST))
    except FileNotFoundError:
        hint = "name one with --config, or let booking-bot init write one"
        raise ConfigurationError(f"{file}: no such file ({hint})") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file}: {error}") from None


def _strange() -> Iterator[str]:
    for name in os.environ:
        section = name[len(PREFIX) :].lower().split("__")[0]
        if name.upper().startswith(PREFIX) and section not in Settings.model_fields:
            yield f"{name}: unknown section"


def _environment() -> Tree:
    try:
        return dict(EnvSettingsSource(Settings)())
    except SettingsError as error:
        section = str(error).split('"')[1]
        raise ConfigurationError(*_unlisted(section), *_strange()) from None


def _unlisted(section: str) -> Iterator[str]:
    """Name what should be a list in the environment and is not JSON."""
    found = False
    for name, value in os.environ.items():
        start, _, key = name.lower().rpartition("__")
        lists = _of_kind(section, "tuple")
        if start == f"{PREFIX.lower()}{section}" and key in lists and not is_json(value):
            found = True
            yield f'{section}.{key}: {name} must be a JSON list, like ["a", "b"]'
    if not found:
        yield f"{section}: a list in {PREFIX}{section.upper()}__… must be JSON"


def _with_files(tree: Tree, base: Path) -> Tree:
    """Put the content of the file `key_file` names in the place of `key`, if `key` is secret."""
    return {
        name: dict(_resolved(name, section, base)) if isinstance(section, dict) else section
        for name, section in tree.items()
    }


def _resolved(name: str, section: Tree, base: Path) -> Iterator[tuple[str, object]]:
    for key, value in section.items():
        target = key.removesuffix(FILE_SUFFIX)
        if target == key or target not in _secret_keys(name):
            yield key, value
            continue
        if target in section:
            raise ConfigurationError(f"{name}.{key}: {target} is given as well")
        try:
            text = files.read(base / str(value), most=LONGEST).strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "is no text"
            raise ConfigurationError(f"{name}.{key}: {value}: {why}") from None
        yield target, text.split() if _secret_keys(name)[target] else text


def _secret_keys(section: str) -> dict[str, bool]:
    """Return the secrets of a section, and whether each is a list."""
    return {key: "tuple" in text for key, text in _of_kind(section, "SecretStr").items()}


def _of_kind(section: str, kind: str) -> dict[str, str]:
    """Return the annotations of a section's keys in which a word occurs."""
    field = Settings.model_fields.get(section)
    model = field.annotation if field else None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return {}
    shown = {key: str(inner.annotation) for key, inner in model.model_fields.items()}
    return {key: text for key, text in shown.items() if kind in text}


def _with_absolute_database(tree: Tree, base: Path) -> Tree:
    section = tree.get("database", {})
    default = DatabaseSettings().url.get_secret_value()
    url = section.get("url", default) if isinstance(section, dict) else None
    if not isinstance(url, str) or not url.startswith(SQLITE) or url == SQLITE:
        return tree
    return tree | {"database": section | {"url": SQLITE + str(base / url.removeprefix(SQLITE))}}


def checked(tree: Tree, mistakes: Sequence[str] = (), *, unsigned: bool = False) -> Settings:
    """Return settings of what was written; raise ConfigurationError, with `mistakes` told too."""
    needed: Tree = {name: {} for name, it in Settings.model_fields.items() if it.is_required()}
    try:
        settings = Settings(**needed | tree)  # an absent section is told key by key
    except ValidationError as error:
        lines = (f"{_key(e['loc'])}: {_words(e['type'], e['msg'])}" for e in error.errors())
        raise ConfigurationError(*mistakes, *lines) from None
    found = contradictions(settings.telegram, settings.stripe, settings.web, unsigned=unsigned)
    if told := [*mistakes, *found]:
        raise ConfigurationError(*told)
    return settings


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _words(kind: str, message: str) -> str:
    known = {
        "extra_forbidden": "unknown key",
        "missing": "is missing",
        "too_short": "is empty",
        "string_too_short": "is empty",
        "int_parsing": "must be a whole number",
        "tuple_type": "must be a list, in square brackets",
    }
    return known.get(kind, message.removeprefix("Value error, "))


def machine_timezone() -> str:
    """Return what the machine calls its time zone: TZ, else where /etc/localtime points; or ""."""
    named = os.environ.get("TZ", "").removeprefix(":")
    return named or str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")[2]
