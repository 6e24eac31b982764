"""The sandbox's tables of parameters name exactly what the installed SDK names."""

import types
import typing

import pytest
import typing_extensions

from sandbox.stripe import schema
from sandbox.stripe.methods import METHODS
from tests.sandbox import stripe_sdk_types
from tests.sandbox.stripe_schema import check_request, check_response


def _template(method):
    return f"{method.verb} {method.path.replace('{id}', '{}')}"


def _arms(hint, owner):
    hint = stripe_sdk_types.resolved(hint, owner)
    if typing.get_origin(hint) in {typing.Union, types.UnionType, list}:
        for arm in typing.get_args(hint):
            yield from _arms(arm, owner)
    else:
        yield hint


def _differences(record, typed, at):
    fields = stripe_sdk_types.fields_of(typed)
    yield from (f"{at}.{name}" for name in set(record.fields) ^ set(fields))
    if set(record.needed) != {name for name, (_, needed) in fields.items() if needed}:
        yield f"{at}: required"
    for name in set(record.fields) & set(fields):
        ours = record.fields[name]
        ours = ours.item if isinstance(ours, schema.Many) else ours
        arms = list(_arms(fields[name][0], typed))
        words = [one for arm in arms if _is_literal(arm) for one in typing.get_args(arm)]
        if words and isinstance(ours, schema.Choice) and name != "enabled_events":
            yield from (f"{at}.{name}={word}" for word in set(words) ^ set(ours.words))
        for arm in arms:
            if typing_extensions.is_typeddict(arm) and isinstance(ours, schema.Record):
                yield from _differences(ours, arm, f"{at}.{name}")


def _is_literal(hint):
    return typing.get_origin(hint) is typing.Literal


@pytest.mark.parametrize("method", METHODS, ids=_template)
def test_the_sandbox_takes_the_parameters_of_the_sdk_and_no_others(method):
    template = _template(method)
    typed = stripe_sdk_types.params_of(template)
    assert list(_differences(method.takes, typed, template)) == []


def test_every_event_type_of_the_sandbox_exists():
    fields = stripe_sdk_types.fields_of(stripe_sdk_types.params_of("POST /v1/webhook_endpoints"))
    known = set(typing.get_args(typing.get_args(fields["enabled_events"][0])[0]))
    methods = {m.path + m.verb: m for m in METHODS}
    ours = methods["/v1/webhook_endpointsPOST"].takes.fields["enabled_events"].item.words
    assert set(ours) <= known


@pytest.mark.parametrize(
    "form",
    [
        "foo=1",
        "mode=pay",
        "line_items[0][price_data][unit_amount]=1",
        "expires_at=soon",
        "payment_method_types[0]=card",
        "locale=xx",
        "allow_promotion_codes=1",
        "line_items=x",
        "metadata=x",
        "custom_text[submit]=x",
    ],
)
def test_a_request_that_the_sdk_does_not_know_is_found(form):
    with pytest.raises(AssertionError):
        check_request("POST", "/v1/checkout/sessions", form)


@pytest.mark.parametrize(
    "change",
    [{"created": "now"}, {"mode": "sale"}, {"surprise": 1}, {"payment_status": None}],
)
async def test_an_answer_that_the_sdk_does_not_know_is_found(change):
    path = "/v1/refunds/re_1"
    good = {"id": "re_1", "object": "refund", "amount": 1, "created": 1, "currency": "eur"}
    check_response(path, good)
    with pytest.raises(AssertionError):
        check_response(path, good | change)
