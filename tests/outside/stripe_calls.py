"""Every call we make of Stripe: what somebody does that needs it, what they read, how it ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.outside.stage import ADMIN, SLOW, Stage
from tests.outside.stripe_faults import Kind

Act = Callable[[Stage], Awaitable[None]]
End = Callable[[Stage, Kind], Awaitable[None]]


async def nothing(stage: Stage) -> None:
    """Nobody does anything."""


@dataclass(frozen=True)
class Call:
    """One call of Stripe and a way to it."""

    name: str
    """As stripe's client names it, and who asks."""
    match: str
    before: Act
    act: Act
    told: Callable[[Stage], bool]
    """Whether somebody reads something true within five seconds."""
    ended: End
    again: Act = nothing
    """What a person does once more when they were told to."""

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]


# the payment link


async def confirms(stage: Stage) -> None:
    await stage.tap("^Confirm")


def told_of_the_link(stage: Stage) -> bool:
    comes = stage.reads("link to pay .* (appears here in a moment|for .* comes as soon as)")
    return comes or stage.can_tap("^Pay") or stage.reads("could not be opened, so the booking")


async def link_came(stage: Stage, kind: Kind) -> None:
    if await stage.booking() == ("expired", "payment_failed"):
        assert kind.refuses
        assert stage.reads("Stripe refuses to make a payment page", ADMIN)
        assert stage.reads("nothing was charged|Nothing was charged")
        assert stage.sessions("open") == []
        return
    assert stage.can_tap("^Pay")
    (session,) = stage.sessions("open")
    stage.pay(session["id"])
    await stage.world.settle()
    assert await stage.booking() == ("confirmed", "")
    assert stage.count("Receipt") == 1


# whether it was paid


async def comes_to_pay(stage: Stage) -> None:
    await stage.comes_to_pay()


async def pays_unheard(stage: Stage) -> None:
    """Pay, and no event arrives."""
    session = await stage.comes_to_pay()
    stage.stripe_fails("WEBHOOK", "drop")
    stage.pay(session)
    await stage.world.settle()


async def pays_and_comes_back(stage: Stage) -> None:
    stage.pay(stage.sessions()[-1]["id"])


async def says_paid(stage: Stage) -> None:
    await stage.tap("^I have paid")


async def says_paid_again(stage: Stage) -> None:
    if "I have paid" in stage.newest():
        await stage.taps("^I have paid")


def told_of_the_check(stage: Stage) -> bool:
    return stage.toasted("Checking your payment") and (
        stage.reads("does not answer right now|confirmed|Stripe has not reported")
    )


async def visits(stage: Stage) -> None:
    await stage.meanwhile(stage.visits())


def told_by_the_page(stage: Stage) -> bool:
    return stage.page.startswith("200") and any(
        words in stage.page for words in ("still checking your payment", "booking is confirmed")
    )


async def is_confirmed(stage: Stage, kind: Kind) -> None:
    assert await stage.booking() == ("confirmed", "")
    assert stage.count("Receipt") == 1
    assert stage.count("New booking", ADMIN) == 1


# the end of a hold


async def cancels(stage: Stage) -> None:
    await stage.tap("^Cancel booking")


async def time_is_over(stage: Stage) -> None:
    await stage.world.time_passes(31 * 60)


def told_of_the_end(stage: Stage) -> bool:
    return stage.toasted("Cancelling")


async def is_cancelled(stage: Stage, kind: Kind) -> None:
    assert await stage.booking() == ("cancelled", "customer")
    assert stage.sessions("open") == []
    assert stage.count("This booking was cancelled") == 1


async def is_released(stage: Stage, kind: Kind) -> None:
    assert await stage.booking() == ("expired", "payment_expired")
    assert stage.sessions("open") == []
    assert stage.count("is no longer held for you") == 1


# money that goes back


async def has_paid(stage: Stage) -> None:
    await stage.has_paid()


async def gives_back(stage: Stage) -> None:
    reference = stage.sessions()[-1]["client_reference_id"]
    await stage.says(f"/refund {reference} 20.00", ADMIN)
    await stage.tap("^Yes", ADMIN)


def told_of_the_refund(stage: Stage) -> bool:
    return stage.reads("is being given back: Stripe is asked now", ADMIN)


async def is_given_back(stage: Stage, kind: Kind) -> None:
    (refund,) = await stage.books.rows("SELECT state FROM refund")
    if refund["state"] == "failed":
        assert kind.refuses
        assert stage.refunds() == []
        assert stage.count("Stripe refused a refund", ADMIN) == 1
        return
    assert stage.refunds() == [(2000, "succeeded")]
    assert stage.count("has issued a refund of") == 1
    assert stage.count("A refund was issued", ADMIN) == 1


async def was_refused_once(stage: Stage) -> None:
    await stage.has_paid()
    stage.stripe_fails("POST /v1/refunds", "400", 1)


async def is_given_back_or_told(stage: Stage, kind: Kind) -> None:
    (refund,) = await stage.books.rows("SELECT state FROM refund")
    given = refund["state"] == "succeeded"
    assert stage.refunds() == ([(2000, "succeeded")] if given else [])
    assert stage.count("Stripe refused a refund", ADMIN) == (0 if given else 1)


async def refund_is_on_its_way(stage: Stage) -> None:
    await stage.has_paid(SLOW)
    await gives_back(stage)
    await stage.world.settle()
    assert stage.refunds() == [(2000, "pending")]


async def refund_arrives(stage: Stage) -> None:
    await stage.world.time_passes(stage.world.store.refund_delay)


def told_of_nothing(stage: Stage) -> bool:
    """Nobody asked, and nobody is told anything before it is true."""
    return True


# disputes


async def is_disputed(stage: Stage) -> None:
    (charge,) = stage.world.store.charges
    stage.stripe.dispute(charge)


async def dispute_is_told(stage: Stage, kind: Kind) -> None:
    assert stage.count("A customer disputes a payment: please answer", ADMIN) == 1
    (dispute,) = await stage.books.rows("SELECT state FROM dispute")
    assert dispute["state"] == "needs_response"


async def is_disputed_unheard(stage: Stage) -> None:
    await stage.has_paid()
    stage.stripe_fails("WEBHOOK", "drop")
    await is_disputed(stage)
    await stage.world.settle()


async def is_not_given_back(stage: Stage, kind: Kind) -> None:
    assert stage.refunds() == []
    assert stage.count("Stripe refused a refund", ADMIN) == 1
    await dispute_is_told(stage, kind)


# comparing


async def compares(stage: Stage) -> None:
    await stage.says("/reconcile", ADMIN)
    await stage.tap("^Yes", ADMIN)


async def compares_again(stage: Stage) -> None:
    await compares(stage)
    await stage.world.settle()


def told_of_comparing(stage: Stage) -> bool:
    return stage.reads("I am comparing our books with Stripe", ADMIN)


async def books_agree(stage: Stage, kind: Kind) -> None:
    assert stage.reads("Our books and Stripe’s agree", ADMIN)


CREATE, READ = "POST /v1/checkout/sessions$", "GET /v1/checkout/sessions/"
EXPIRE = "POST /v1/checkout/sessions/.*/expire"
CALLS = (
    Call(
        "checkout.sessions.create",
        CREATE,
        Stage.comes_to_confirm,
        confirms,
        told_of_the_link,
        link_came,
    ),
    Call(
        "checkout.sessions.retrieve (event)",
        READ,
        comes_to_pay,
        pays_and_comes_back,
        told_of_nothing,
        is_confirmed,
    ),
    Call(
        "checkout.sessions.retrieve (page)",
        READ,
        pays_unheard,
        visits,
        told_by_the_page,
        is_confirmed,
        Stage.visits,
    ),
    Call(
        "checkout.sessions.retrieve (chat)",
        READ,
        pays_unheard,
        says_paid,
        told_of_the_check,
        is_confirmed,
        says_paid_again,
    ),
    Call(
        "checkout.sessions.expire (customer)",
        EXPIRE,
        comes_to_pay,
        cancels,
        told_of_the_end,
        is_cancelled,
    ),
    Call(
        "checkout.sessions.expire (time)",
        EXPIRE,
        comes_to_pay,
        time_is_over,
        told_of_nothing,
        is_released,
    ),
    Call(
        "refunds.create",
        "POST /v1/refunds$",
        has_paid,
        gives_back,
        told_of_the_refund,
        is_given_back,
    ),
    Call(
        "refunds.list (payment)",
        "GET /v1/refunds$",
        was_refused_once,
        gives_back,
        told_of_the_refund,
        is_given_back_or_told,
    ),
    Call(
        "refunds.retrieve",
        "GET /v1/refunds/",
        refund_is_on_its_way,
        refund_arrives,
        told_of_nothing,
        is_given_back,
    ),
    Call(
        "disputes.retrieve",
        "GET /v1/disputes/",
        has_paid,
        is_disputed,
        told_of_nothing,
        dispute_is_told,
    ),
    Call(
        "disputes.list",
        "GET /v1/disputes$",
        is_disputed_unheard,
        gives_back,
        told_of_the_refund,
        is_not_given_back,
    ),
    *(
        Call(name, match, has_paid, compares, told_of_comparing, books_agree, compares_again)
        for name, match in (
            ("checkout.sessions.list", "GET /v1/checkout/sessions$"),
            ("refunds.list (compared)", "GET /v1/refunds$"),
            ("events.list", "GET /v1/events$"),
        )
    ),
)
