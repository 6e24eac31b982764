"""`booking-bot check --fix` against the pretend Stripe, as a shell sees it."""

import re

import pytest
import stripe

from bot.config import read
from bot.doctor import examine
from handlers.stripe_events import TYPES
from sandbox.stripe.faults import Fault
from tests.process import WEBHOOK_SECRET, Bot, sandbox

OLD = "2020-08-27"
WRITTEN = f'webhook_secrets = ["{WEBHOOK_SECRET}"]'


@pytest.fixture
async def world():
    async with sandbox() as made:
        yield made


@pytest.fixture
def shop(tmp_path, world, sqlite_engine):
    """A shop whose Stripe knows nothing of it, and which was told no signing secret."""
    bot = Bot(tmp_path, world, sqlite_engine.empty())
    world.stripe.store.endpoints.clear()
    lacks(bot, WRITTEN, "webhook_secrets = []  # filled by check --fix")
    return bot


def lacks(bot, old, new):
    text = bot.config.read_text()
    assert old in text
    bot.config.write_text(text.replace(old, new))


def endpoints(world):
    return list(world.stripe.store.endpoints.values())


def secrets_of(bot):
    return [one.get_secret_value() for one in read(bot.config).stripe.webhook_secrets]


def webhook_line(out):
    (line,) = [line for line in out.splitlines() if "Stripe webhook: " in line]
    return line


async def fix(bot):
    """The line of `check --fix` as a shell sees it."""
    _, out, err = await bot.command("check", "--fix")
    assert "Traceback" not in err
    return webhook_line(out)


async def finding(bot, *, fix):
    """The same line without the price of a process."""
    found = [one async for one in examine(read(bot.config, unsigned=True), fix=fix)]
    (one,) = [one for one in found if one.text.startswith("Stripe webhook: ")]
    return f"{'✓' if one.is_well else '✗'} {one.text}"


async def mended(bot):
    return await finding(bot, fix=True)


async def checked(bot):
    return await finding(bot, fix=False)


async def test_a_shop_without_an_endpoint_gets_one_that_works(shop, world, tmp_path):
    code, _, err = await shop.command("migrate")
    hint = "booking-bot check --fix makes the endpoint and writes it"
    assert (code, err) == (2, f"booking-bot: stripe.webhook_secrets: is empty ({hint})\n")
    shop.config.chmod(0o640)
    line = await fix(shop)
    assert line.startswith(f"✓ Stripe webhook: {shop.url}/webhooks/stripe, {len(TYPES)} kinds")
    (made,) = endpoints(world)
    assert made["enabled_events"] == list(TYPES)
    assert made["api_version"] == stripe.api_version
    assert secrets_of(shop) == world.stripe.store.secrets[made["id"]]
    assert secrets_of(shop)[0] not in line
    assert "# filled by check --fix" in shop.config.read_text()
    assert shop.config.stat().st_mode & 0o777 == 0o640
    kept, text = dict(made), shop.config.read_text()
    assert webhook_line((await shop.command("check"))[1]).startswith("✓ ")
    assert await fix(shop) == f"✓ Stripe webhook: {made['url']}, {len(TYPES)} kinds of events"
    assert (endpoints(world), shop.config.read_text()) == ([kept], text)
    assert [path.name for path in tmp_path.iterdir() if "config" in path.name] == ["config.toml"]


async def test_without_fix_nothing_is_changed(shop, world):
    text = shop.config.read_text()
    line = await checked(shop)
    assert line.startswith("✗ ")
    assert line.endswith("/webhooks/stripe: booking-bot check --fix makes it")
    assert endpoints(world) == []
    assert shop.config.read_text() == text


async def test_an_endpoint_is_switched_on_and_sends_what_it_lacked(shop, world):
    lacks(shop, "webhook_secrets = []", WRITTEN)
    url = f"{shop.url}/api/webhooks/stripe"
    made = world.stripe.add_endpoint(url, WEBHOOK_SECRET, ["charge.refunded", TYPES[0]])
    made["status"] = "disabled"
    assert "the endpoint is disabled" in await checked(shop)
    line = await mended(shop)
    assert line.startswith("✓ ")
    assert line.endswith(f"; added {', '.join(TYPES[1:])}; enabled")
    (there,) = endpoints(world)
    assert there["status"] == "enabled"
    assert set(there["enabled_events"]) == {"charge.refunded", *TYPES}
    assert secrets_of(shop) == [WEBHOOK_SECRET]


async def test_an_endpoint_of_another_version_is_replaced_and_its_secret_stays(shop, world):
    lacks(shop, "webhook_secrets = []", WRITTEN)
    old = world.stripe.add_endpoint(f"{shop.url}/webhooks/stripe", WEBHOOK_SECRET)
    old["api_version"] = OLD
    foreign = world.stripe.add_endpoint("https://elsewhere.org/webhooks/stripe", "whsec_theirs")
    assert f"the endpoint speaks {OLD}" in await checked(shop)
    line = await mended(shop)
    assert line.endswith(f"; disabled {old['id']}, it speaks {OLD}")
    (new,) = [one for one in endpoints(world) if one["id"] not in {old["id"], foreign["id"]}]
    assert [one["status"] for one in (old, foreign, new)] == ["disabled", "enabled", "enabled"]
    assert secrets_of(shop) == [*world.stripe.store.secrets[new["id"]], WEBHOOK_SECRET]
    assert (await mended(shop)).endswith(" kinds of events")
    assert len(endpoints(world)) == 3


async def test_a_lost_answer_makes_no_second_endpoint_and_loses_no_secret(shop, world):
    world.stripe.faults.append(Fault("POST /v1/webhook_endpoints$", "lost"))
    assert (await mended(shop)).startswith("✓ ")
    (made,) = endpoints(world)
    assert secrets_of(shop) == world.stripe.store.secrets[made["id"]]


async def test_an_endpoint_whose_secret_was_lost_on_the_way_is_replaced(shop, world):
    lacks(shop, "webhook_secrets = []", WRITTEN)
    orphan = world.stripe.add_endpoint(f"{shop.url}/webhooks/stripe", "whsec_lost")
    orphan["metadata"] = {"app": "booking-bot"}
    assert "nobody kept the signing secret" in await checked(shop)
    assert f"disabled {orphan['id']}, whose signing secret is not known" in await mended(shop)
    assert orphan["status"] == "disabled"
    assert secrets_of(shop)[1:] == [WEBHOOK_SECRET]


async def test_a_secret_that_comes_from_a_file_is_told_once(shop, world, tmp_path):
    lacks(shop, "webhook_secrets = []", 'webhook_secrets_file = "hooks"')
    (tmp_path / "hooks").touch()
    text = shop.config.read_text()
    line = await fix(shop)
    (made,) = endpoints(world)
    (secret,) = world.stripe.store.secrets[made["id"]]
    assert line.startswith(f"✗ Stripe webhook: made {made['id']}")
    assert "(they come from hooks)" in line
    assert line.endswith(f": {secret}")
    assert shop.config.read_text() == text
    (tmp_path / "hooks").write_text(secret)
    assert (await mended(shop)).startswith("✓ ")
    assert len(endpoints(world)) == 1


async def test_a_secret_that_comes_from_the_environment_is_told_too(shop, world, monkeypatch):
    monkeypatch.setenv("BOOKING_BOT__STRIPE__WEBHOOK_SECRETS", f'["{WEBHOOK_SECRET}"]')
    text = shop.config.read_text()
    line = await mended(shop)
    (made,) = endpoints(world)
    (secret,) = world.stripe.store.secrets[made["id"]]
    assert "(they come from the environment)" in line
    assert line.endswith(f": {secret}")
    assert shop.config.read_text() == text


async def test_a_key_without_the_right_is_told_which_one_it_lacks(shop, world):
    world.stripe.faults.append(Fault("POST /v1/webhook_endpoints", "403"))
    line = await mended(shop)
    assert line.startswith("✗ ")
    assert "stripe.secret_key: this restricted key lacks the right webhook_write" in line
    assert secrets_of_file(shop) == "[]"


def secrets_of_file(bot):
    return re.search(r"webhook_secrets = (\[.*?\])", bot.config.read_text())[1]


@pytest.mark.parametrize(
    ("public", "said"),
    [
        ("http://salon.org", "web.public_url: must be https:// for Stripe to send events"),
        ("https://book.example.com", "web.public_url: https://book.example.com is the example's"),
    ],
)
async def test_an_address_stripe_cannot_send_to_is_said_so(shop, world, public, said):
    lacks(shop, f'public_url = "{shop.url}"', f'public_url = "{public}"')
    line = await mended(shop)
    assert line.startswith(f"✗ Stripe webhook: {said}")
    assert endpoints(world) == []
