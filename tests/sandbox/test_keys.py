"""Keys that are rolled, as in Stripe's Dashboard and at @BotFather."""

import pytest


async def test_a_key_of_stripes_goes_on_for_a_while_after_it_was_rolled(control, world):
    old = world.stripe.secret_key
    rolled = await control.post("roll", key="stripe.secret_key", overlap=60)
    assert rolled == {"key": "stripe.secret_key", "value": world.stripe.secret_key}
    assert await charges(control, old) == (200, None)
    assert await charges(control, rolled["value"]) == (200, None)
    await control.post("clock", seconds=60)
    assert await charges(control, old) == (401, "api_key_expired")
    assert await charges(control, rolled["value"]) == (200, None)
    assert await charges(control, "sk_test_guess") == (401, None)


async def charges(control, key):
    """The status and the code of an error of a list of charges under a key."""
    url, headers = f"{control.world.stripe_url}/v1/charges", {"Authorization": f"Bearer {key}"}
    async with control.session.get(url, headers=headers) as answer:
        return answer.status, (await answer.json()).get("error", {}).get("code")


async def test_a_token_that_was_revoked_is_refused_at_once(control, world):
    old = world.telegram.token
    new = (await control.post("roll", key="telegram.token"))["value"]
    assert new.partition(":")[0] == old.partition(":")[0]
    assert (await control.telegram("getMe"))["ok"]
    async with control.session.get(f"{world.telegram_url}/bot{old}/getMe") as answer:
        assert answer.status == 401


async def test_a_signing_secret_that_was_rolled_signs_beside_the_old_one(control, world):
    first = world.stripe.add_endpoint("http://127.0.0.1:9/hook", "whsec_x")["id"]
    new = (await control.post("roll", key="stripe.webhook_secrets", overlap=60))["value"]
    assert world.stripe.store.secrets[first] == ["whsec_x", new]
    await control.post("clock", seconds=60)
    assert world.stripe.store.secrets[first] == [new]
    world.stripe.add_endpoint("http://127.0.0.1:9/other", "whsec_y")
    refused = await control.post("roll", status=400, key="stripe.webhook_secrets")
    assert first in refused["error"]
    third = await control.post("roll", key="stripe.webhook_secrets", endpoint=first)
    assert world.stripe.store.secrets[first] == [third["value"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"key": "privacy.key"}, "stripe.secret_key, stripe.webhook_secrets, telegram.token"),
        ({"key": "telegram.token", "overlap": 5}, "ends at once"),
        ({"key": "telegram.token", "endpoint": "we_1"}, "stripe.webhook_secrets only"),
        ({"key": "stripe.webhook_secrets"}, "none there yet"),
        ({"key": "stripe.webhook_secrets", "endpoint": "we_x"}, "No such webhook endpoint"),
    ],
)
async def test_what_cannot_be_rolled_is_refused(control, body, said):
    assert said in (await control.post("roll", status=400, **body))["error"]
