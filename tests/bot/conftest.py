"""A configuration that works, to be spoiled one key at a time."""

import os
from pathlib import Path

import pytest

from bot.config import PREFIX, Settings, read

GOOD = """
[telegram]
token = "123456:sandbox-telegram-token-of-thirty-five"
admins = [4711]

[stripe]
secret_key = "sk_test_sandbox"
webhook_secrets = ["whsec_first", "whsec_second"]

[web]
public_url = "https://book.example.com/"

[shop]
name = "Salon"
timezone = "Europe/Berlin"
currency = "eur"
"""


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("BOOKING_BOT_", PREFIX)):
            monkeypatch.delenv(name)


@pytest.fixture
def config_file(tmp_path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def settings(config_file) -> Settings:
    return read(config_file)
