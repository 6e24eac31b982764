"""deploy/compose.yaml: each service is confined and watched, and the bot reads what it is given."""

import base64
import re
import shutil
from ipaddress import ip_address, ip_network

import pytest
import yaml

from bot.config import read
from bot.keys import privacy_key
from bot.proxies import networks
from tests.deploy import DEPLOY, ROOT

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = pytest.mark.parametrize("name", COMPOSE["services"])
MADE_BY_THE_OPERATOR = {"./catalog"}
SECRETS = {
    "telegram_token": "123456789:of-the-tests",
    "stripe_secret_key": "sk_test_of_the_tests",
    "stripe_webhook_secrets": "whsec_one\nwhsec_two",
    "database_url": "postgres://booking_bot:secret@postgres/booking_bot",
    "privacy_key": base64.b64encode(bytes(32)).decode(),
}


@SERVICES
def test_a_service_may_change_nothing_and_gains_no_rights(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert any(one.startswith("/tmp:") for one in service["tmpfs"])
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert "privileged" not in service


def test_each_waits_until_what_it_needs_is_well():
    services = COMPOSE["services"]
    assert services["bot"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["caddy"]["depends_on"] == {"bot": {"condition": "service_healthy"}}
    assert services["postgres"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert services["caddy"]["healthcheck"]["test"][0] == "CMD"
    assert "HEALTHCHECK" in (DEPLOY / "Dockerfile").read_text()


def test_caddy_alone_is_reached_from_outside_and_the_database_by_the_bot_alone():
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert [name for name, service in services.items() if "back" in service["networks"]] == [
        "bot",
        "postgres",
    ]
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert services["postgres"]["networks"] == ["back"]


def test_every_file_it_names_is_there_and_every_volume_and_secret_is_declared():
    for service in COMPOSE["services"].values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("."):
                assert source in MADE_BY_THE_OPERATOR or (DEPLOY / source).is_file(), source
            else:
                assert source in COMPOSE["volumes"]
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    build = COMPOSE["services"]["bot"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_no_secret_stands_in_it_and_git_keeps_none():
    told = {name: secret["file"] for name, secret in COMPOSE["secrets"].items()}
    assert told == {name: f"./secrets/{name}" for name in told}
    assert not re.search(r"(sk|rk)_(test|live)_|whsec_", (DEPLOY / "compose.yaml").read_text())
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert COMPOSE["services"]["postgres"]["environment"].keys() == {
        "POSTGRES_USER",
        "POSTGRES_DB",
        "POSTGRES_PASSWORD_FILE",
        "POSTGRES_INITDB_ARGS",
    }


@pytest.fixture
def container(tmp_path, monkeypatch):
    """The configuration file as the bot's container has it, and the environment of that."""
    bot = COMPOSE["services"]["bot"]
    (tmp_path / "secrets").mkdir()
    for name in bot["secrets"]:
        (tmp_path / "secrets" / name).write_text(SECRETS[name] + "\n")
    mounted = [one.split(":") for one in bot["volumes"]]
    [(source, place, _)] = [one for one in mounted if one[1].endswith(".toml")]
    assert bot["environment"]["BOOKING_BOT_CONFIG"] == place
    text = (DEPLOY / source).read_text().replace("/run/secrets/", f"{tmp_path}/secrets/")
    file = tmp_path / "config.toml"
    file.write_text(text)
    for key, value in bot["environment"].items():
        told = re.sub(r"\$\{BOOKING_BOT_NAME:\?[^}]*\}", "book.example.com", value)
        monkeypatch.setenv(key, told)
    monkeypatch.setenv("BOOKING_BOT__WEB__HOST", "0.0.0.0")
    monkeypatch.setenv("BOOKING_BOT_CONFIG", str(file))
    return file


def test_the_bot_reads_its_configuration_as_the_container_has_it(container):
    settings = read()
    assert settings.file == container
    assert settings.secrets()[:4] == [
        SECRETS["telegram_token"],
        SECRETS["stripe_secret_key"],
        "whsec_one",
        "whsec_two",
    ]
    assert settings.database.url.get_secret_value() == SECRETS["database_url"]
    assert (settings.web.public_url, settings.web.host) == ("https://book.example.com", "0.0.0.0")
    assert settings.web.port == 8080
    assert privacy_key(settings) == bytes(32)


def test_the_bot_trusts_the_network_of_caddy_and_no_more(container):
    [pool] = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert networks(read().web.trusted_proxies) == [ip_network(pool["subnet"])]
    assert ip_address("172.30.77.3") in ip_network(pool["subnet"])


def test_check_may_make_the_endpoint_before_there_is_a_signing_secret(container):
    shutil.copy("/dev/null", container.parent / "secrets/stripe_webhook_secrets")
    assert read(unsigned=True).stripe.webhook_secrets == ()


def test_the_proxy_finds_the_bot_where_it_listens():
    caddy = COMPOSE["services"]["caddy"]["environment"]
    assert caddy["BOOKING_BOT_AT"] == "bot:8080"
    used = set(re.findall(r"\{\$(\w+):", (DEPLOY / "Caddyfile").read_text()))
    assert used == set(caddy)
