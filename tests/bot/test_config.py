"""What the operator may write, and what they are told when they may not."""

import base64
import tomllib
from pathlib import Path

import pytest

from bot.config import ConfigurationError, Settings, read
from bot.keys import keyring, privacy_key

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def mistakes(file):
    with pytest.raises(ConfigurationError) as caught:
        read(file)
    return list(caught.value.mistakes)


def with_line(file, section, line):
    text = file.read_text()
    heading = f"[{section}]"
    if heading not in text:
        text += f"\n{heading}\n"
    key = line.partition(" = ")[0]
    kept = [old for old in text.splitlines() if not old.startswith(f"{key} =")]
    file.write_text("\n".join(kept).replace(heading, f"{heading}\n{line}"))
    return file


def test_a_short_configuration_gets_every_default(settings):
    assert settings.telegram.receive == "polling"
    assert settings.booking.hold_minutes == 30
    assert settings.booking.reminders_before_hours == (24, 2)
    assert settings.shop.languages == ("en",)
    assert settings.shop.currency == "EUR"
    assert settings.web.public_url == "https://book.example.com"
    assert not settings.stripe.livemode


def test_paths_are_relative_to_the_file(settings, tmp_path):
    assert settings.database.url.get_secret_value() == f"sqlite://{tmp_path}/data/booking.db"


def test_the_example_documents_every_key_with_its_default():
    example = tomllib.loads(EXAMPLE.read_text())
    assert set(example) == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        keys = {inner.alias or key for key, inner in field.annotation.model_fields.items()}
        written = set(example[name])
        if name == "telegram":  # the only key without a value that could stand there
            assert "# admin_chat = " in EXAMPLE.read_text()
            written.add("admin_chat")
        assert written == keys, name


def test_the_example_is_accepted_but_for_nothing(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(EXAMPLE.read_text())
    defaults = read(file)
    for name, field in Settings.model_fields.items():
        for key, inner in field.annotation.model_fields.items():
            if not inner.is_required() and name != "database":
                assert getattr(getattr(defaults, name), key) == inner.default, f"{name}.{key}"


@pytest.mark.parametrize(
    ("section", "line", "mistake"),
    [
        ("stripe", 'secret_kye = "x"', "stripe.secret_kye: unknown key"),
        ("stripe", 'secret_key = ""', "stripe.secret_key: is empty"),
        ("stripe", 'secret_key = "pk_test_1"', "stripe.secret_key: must begin with sk_test_"),
        ("stripe", "webhook_secrets = []", "stripe.webhook_secrets: "),
        ("stripe", 'webhook_secrets = ["x"]', "stripe.webhook_secrets.0: must begin with whsec_"),
        ("stripe", 'checkout = "elements"', "stripe.checkout: "),
        ("stripe", 'checkout = "popup"', "stripe.checkout: "),
        ("telegram", 'token = "abc"', "telegram.token: must look like"),
        ("telegram", 'admins = ["@me"]', "telegram.admins.0: "),
        ("telegram", "admins = 5", "telegram.admins: must be a list, in square brackets"),
        (
            "web",
            'trusted_proxies = ["me"]',
            "web.trusted_proxies: is no network, like 127.0.0.1/32",
        ),
        ("telegram", 'receive = "webhook"', "telegram.webhook_secret: is needed"),
        ("telegram", 'webhook_secret = "a b"', "telegram.webhook_secret: may have"),
        ("telegram", "messages_per_second = 0", "telegram.messages_per_second: "),
        ("web", 'public_url = "book.example.com"', "web.public_url: must be an address"),
        ("web", 'public_url = "https://x.org/path"', "web.public_url: must be scheme and host"),
        ("web", 'public_url = "http://localhost:80"', "web.public_url: Telegram refuses"),
        ("web", 'trusted_proxies = ["nobody"]', "web.trusted_proxies: "),
        ("web", "port = 70000", "web.port: "),
        ("shop", 'timezone = "Berlin"', "shop.timezone: is no IANA time zone"),
        ("shop", 'name = "Salon\\u0000"', "shop.name: has characters that cannot be printed"),
        ("shop", 'currency = "QQQ"', "shop.currency: is no currency Stripe knows"),
        ("shop", 'languages = ["tlh"]', "shop.languages: no texts in tlh"),
        ("shop", "languages = []", "shop.languages: "),
        ("shop", 'support = "call us"', "shop.support: must be a @username"),
        ("shop", 'terms_url = "terms"', "shop.terms_url: must be an address"),
        ("shop", "tips = [5, 5]", "shop.tips: offers a tip twice"),
        ("shop", "tips = [1, 2, 3, 4, 5, 6, 7]", "shop.tips: offers more than 6 tips"),
        ("booking", "hold_minutes = 4", "booking.hold_minutes: "),
        ("booking", "slot_step_minutes = 7", "booking.slot_step_minutes: "),
        ("booking", "reminders_open_minutes = [0]", "booking.reminders_open_minutes.0: "),
        ("database", 'url = "mysql://x"', "database.url: must be sqlite://path or postgres://"),
        ("database", 'url = "postgres://a:b@h:c/x"', "database.url: has no number as its port"),
        ("privacy", 'key = "c2hvcnQ="', "privacy.key: must be 32 bytes in base64"),
        ("privacy", 'key = "ä"', "privacy.key: must be 32 bytes in base64"),
        ("log", 'level = "loud"', "log.level: "),
        ("mail", "x = 1", "mail: unknown key"),
    ],
)
def test_a_mistake_is_one_line_naming_the_key(config_file, section, line, mistake):
    (said,) = mistakes(with_line(config_file, section, line))
    assert said.startswith(mistake)
    assert "\n" not in said


def test_all_mistakes_are_told_at_once(config_file):
    with_line(config_file, "web", "port = -1")
    with_line(config_file, "shop", 'timezone = "Mars"')
    assert [said.partition(":")[0] for said in mistakes(config_file)] == [
        "web.port",
        "shop.timezone",
    ]


def test_a_missing_key_is_said_to_be_missing(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[telegram]\n")
    assert "telegram.token: is missing" in mistakes(file)
    assert "stripe.secret_key: is missing" in mistakes(file)
    assert "shop.timezone: is missing" in mistakes(file)


def test_an_unknown_section_in_the_environment_hides_no_other_mistake(config_file, monkeypatch):
    monkeypatch.setenv("BOOKING_BOT__MAIL__X", "1")
    with_line(config_file, "web", "port = -1")
    first, second = mistakes(config_file)
    assert first == "BOOKING_BOT__MAIL__X: unknown section"
    assert second.startswith("web.port: ")


def test_broken_toml_names_the_file_and_the_line(config_file):
    config_file.write_text("[telegram\n")
    (said,) = mistakes(config_file)
    assert said.startswith(f"{config_file}: ")
    assert "line 1" in said


def test_a_file_that_is_not_there_is_named(tmp_path):
    (said,) = mistakes(tmp_path / "nowhere.toml")
    assert "nowhere.toml: no such file" in said


def test_no_mistake_ever_repeats_a_secret(config_file):
    with_line(config_file, "stripe", 'secret_key = "pk_live_canary"')
    assert "canary" not in "".join(mistakes(config_file))


def test_the_environment_wins_and_takes_lists_as_json(config_file, monkeypatch):
    monkeypatch.setenv("BOOKING_BOT__SHOP__NAME", "From outside")
    monkeypatch.setenv("BOOKING_BOT__TELEGRAM__ADMINS", "[1, 2]")
    monkeypatch.setenv("BOOKING_BOT__STRIPE__WEBHOOK_SECRETS", '["whsec_env"]')
    monkeypatch.setenv("BOOKING_BOT__EMAIL__FROM", "shop@example.com")
    settings = read(config_file)
    assert settings.shop.name == "From outside"
    assert settings.telegram.admins == (1, 2)
    assert [s.get_secret_value() for s in settings.stripe.webhook_secrets] == ["whsec_env"]
    assert settings.email.sender == "shop@example.com"


@pytest.mark.parametrize(
    ("name", "value", "mistake"),
    [
        ("BOOKING_BOT__STRIPE__SECRET", "x", "stripe.secret: unknown key"),
        ("BOOKING_BOT__STRIPES__SECRET_KEY", "x", "BOOKING_BOT__STRIPES__SECRET_KEY: unknown"),
        (
            "BOOKING_BOT__TELEGRAM__ADMINS",
            "[1",
            "telegram.admins: BOOKING_BOT__TELEGRAM__ADMINS must be a JSON list",
        ),
    ],
)
def test_a_mistake_in_the_environment_is_told_too(config_file, monkeypatch, name, value, mistake):
    monkeypatch.setenv(name, value)
    (said,) = mistakes(config_file)
    assert said.startswith(mistake)


def test_the_environment_alone_is_enough(tmp_path, monkeypatch, config_file):
    for section, keys in tomllib.loads(config_file.read_text()).items():
        for key, value in keys.items():
            text = value if isinstance(value, str) else str(value).replace("'", '"')
            monkeypatch.setenv(f"BOOKING_BOT__{section.upper()}__{key.upper()}", text)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert read().shop.name == "Salon"


def test_the_file_can_be_named_by_the_environment(config_file, monkeypatch):
    monkeypatch.setenv("BOOKING_BOT_CONFIG", str(config_file))
    assert read().shop.name == "Salon"


def test_secrets_come_from_files(config_file, tmp_path, monkeypatch):
    (tmp_path / "key").write_text("sk_test_from_a_file\n")
    (tmp_path / "hooks").write_text("whsec_one\nwhsec_two\n")
    with_line(config_file, "stripe", 'webhook_secrets_file = "hooks"')
    text = config_file.read_text().replace('webhook_secrets = ["whsec_first", "whsec_second"]', "")
    config_file.write_text(text)
    monkeypatch.setenv("BOOKING_BOT__STRIPE__SECRET_KEY_FILE", str(tmp_path / "key"))
    stripe = read(config_file).stripe
    assert stripe.secret_key.get_secret_value() == "sk_test_from_a_file"
    assert [s.get_secret_value() for s in stripe.webhook_secrets] == ["whsec_one", "whsec_two"]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ('webhook_secret_file = "nowhere"', "telegram.webhook_secret_file: nowhere: No such file"),
        ('token_file = "config.toml"', "telegram.token_file: token is given as well"),
        ('api_url_file = "config.toml"', "telegram.api_url_file: unknown key"),
    ],
)
def test_a_secret_file_that_does_not_fit_is_named(config_file, line, mistake):
    (said,) = mistakes(with_line(config_file, "telegram", line))
    assert said.startswith(mistake)


def test_secrets_never_show(settings):
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    for secret in ("sk_test_sandbox", "whsec_first", "sandbox-telegram-token"):
        assert secret not in shown
        assert any(secret in known for known in settings.secrets())


def test_a_live_key_wants_https(config_file):
    with_line(config_file, "stripe", 'secret_key = "sk_live_1"')
    with_line(config_file, "web", 'public_url = "http://127.0.0.1:8080"')
    assert mistakes(config_file)[0].startswith("web.public_url: must be https://")


def test_a_key_is_made_once_beside_the_database_for_its_owner_alone(settings, tmp_path):
    first = privacy_key(settings)
    file = tmp_path / "data" / "privacy.key"
    assert len(first) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert privacy_key(settings) == first
    assert [path.name for path in file.parent.iterdir()] == ["privacy.key"]


def test_a_damaged_key_is_never_replaced(settings, tmp_path):
    privacy_key(settings)
    (tmp_path / "data" / "privacy.key").write_text("half")
    with pytest.raises(ConfigurationError, match="damaged"):
        privacy_key(settings)


def test_older_keys_still_open(config_file):
    old, new = (base64.b64encode(bytes([n] * 32)).decode() for n in (1, 2))
    with_line(config_file, "privacy", f'key = "{old}"')
    sealed = keyring(read(config_file)).seal(b"secret")
    with_line(config_file, "privacy", f'key = "{new}"')
    with_line(config_file, "privacy", f'old_keys = ["{old}"]')
    assert keyring(read(config_file)).unseal(sealed) == b"secret"
