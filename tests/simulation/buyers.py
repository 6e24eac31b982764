"""What buyers do at Checkout, and what the shop does in Stripe's Dashboard."""

from contextlib import suppress

from sandbox.stripe import disputes, payments
from sandbox.stripe.wire import StripeError
from tests.simulation import hands

FINE = "4242424242424242"
SECURE = "4000002500003155"
SLOW_REFUND, FAILING_REFUND = "4000000000007726", "4000000000005126"
DECLINED = ("4000000000000002", "4000000000009995", "4000000000000069")
BANK_PAYS, BANK_FAILS = "AT321904300235473204", "AT591904300235473203"
CARDS = [*[FINE] * 6, SECURE, SLOW_REFUND, FAILING_REFUND, *DECLINED, *[BANK_PAYS] * 2, BANK_FAILS]


def sessions(run, *states, last: int = 40) -> list[dict]:
    """Return the newest sessions in these states."""
    store = run.world.store
    found = [store.sessions[one] for one in run.world.diary.sessions[-last:]]
    return [one for one in found if one["status"] in states]


def paid(run, session, card, *, authenticate=True) -> str:
    done = payments.pay(run.world.store, session["id"], card, authenticate=authenticate)
    return f"{session['client_reference_id']} is paid with {card}: {done.outcome}"


async def pay(run, dice) -> None:
    """Somebody pays, or tries to; some come back to the success page, some do not."""
    waiting = sessions(run, "open")
    if not waiting:
        return
    session, card = dice.choice(waiting), dice.choice(CARDS)
    await run.step(paid(run, session, card, authenticate=dice.random() < 0.8))
    if dice.random() < 0.2:
        await run.world.visits(session["id"])
        await run.step(f"{session['client_reference_id']} comes back to the success page")


async def pay_and_cancel(run, dice) -> None:
    """Somebody pays while they tap something about the same booking."""
    waiting = sessions(run, "open")
    if not waiting:
        return
    session = dice.choice(waiting)
    reference = session["client_reference_id"]
    words = [paid(run, session, dice.choice(CARDS))]
    for chat in set(run.world.diary.seen[reference].mentioned_at) & set(run.world.customers):
        if run.world.server.people.find(chat).blocked:
            continue
        shown = [one for keys in hands.keyboards(run.world.server, chat) for one in keys]
        about = [one for one in shown if one.reference == reference and one.verb in {"cxl", "paid"}]
        if about:
            touch = dice.choice(about)
            hands.press(run.world, chat, touch)
            words.append(f"{chat} taps [{touch.text}]")
    await run.step(" at the moment when ".join(words), count=len(words))


async def pay_late(run, dice) -> None:
    """Money arrives for a session that is over, as when a bank was slow."""
    over = sessions(run, "expired")
    if not over:
        return
    session, store = dice.choice(over), run.world.store
    before = {name: session[name] for name in ("status", "expires_at")}
    session |= {"status": "open", "expires_at": store.now() + 600}
    words = paid(run, session, dice.choice([FINE, FINE, SLOW_REFUND, FAILING_REFUND, BANK_PAYS]))
    if session["status"] == "open":
        session |= before
    await run.step(f"late, {words}")


async def pay_twice(run, dice) -> None:
    """A second session of a booking is paid: a twin that somebody made by hand."""
    known = sessions(run, "open", "complete", last=15)
    if not known:
        return
    session, store = dice.choice(known), run.world.store
    twin = store.ids.new("cs_test_twin")
    fresh = {"status": "open", "payment_status": "unpaid", "payment_intent": None}
    fresh["expires_at"] = store.now() + 600
    store.sessions[twin] = {**session, **fresh, "id": twin}
    store.line_items[twin] = store.line_items[session["id"]]
    store.intent_data[twin] = store.intent_data.get(session["id"], {})
    run.world.diary.by_hand.add(twin)
    await run.step(f"on a second session, {paid(run, store.sessions[twin], dice.choice(CARDS))}")


async def tamper(run, dice) -> None:
    """Somebody pays another amount than was asked for."""
    waiting = sessions(run, "open", last=10)
    if not waiting:
        return
    session = dice.choice(waiting)
    if session["payment_intent"]:
        return
    amount = dice.choice([100, session["amount_total"] + 100])
    session["amount_total"] = amount
    words = paid(run, session, dice.choice([FINE, FINE, BANK_PAYS, FAILING_REFUND]))
    await run.step(f"{amount} instead of what was asked: {words}")


async def stray(run, dice) -> None:
    """A payment arrives that carries our mark and a booking we do not know."""
    known = sessions(run, "open", "complete", last=5)
    if not known or dice.random() < 0.5:
        return
    session, store = known[-1], run.world.store
    twin = store.ids.new("cs_test_stray")
    fresh = {"status": "open", "payment_status": "unpaid", "payment_intent": None}
    fresh |= {"expires_at": store.now() + 600, "client_reference_id": "BK-000000"}
    store.sessions[twin] = {**session, **fresh, "id": twin}
    store.line_items[twin] = store.line_items[session["id"]]
    store.intent_data[twin] = store.intent_data.get(session["id"], {})
    run.world.diary.by_hand.add(twin)
    await run.step(f"a stray payment: {paid(run, store.sessions[twin], FINE)}")


async def expire(run, dice) -> None:
    """The shop expires a session in the Dashboard."""
    waiting = sessions(run, "open", last=10)
    if waiting:
        session = dice.choice(waiting)
        run.world.stripe.expire(session["id"])
        await run.step(f"the session of {session['client_reference_id']} is expired by hand")


def charges(run) -> list[dict]:
    """Return the newest charges that succeeded."""
    store = run.world.store
    intents = [one["payment_intent"] for one in sessions(run, "complete") if one["payment_intent"]]
    found = [store.payment_intents[one]["latest_charge"] for one in intents]
    return [store.charges[one] for one in found if one and store.charges[one]["paid"]]


async def refund_by_hand(run, dice) -> None:
    """The shop gives money back in the Dashboard."""
    known = charges(run)
    if not known:
        return
    charge = dice.choice(known)
    amount = dice.choice([0, 1, charge["amount"] // 3])
    try:
        made = run.world.stripe.refund(charge["id"], amount)
    except StripeError:
        return
    await run.step(f"{made['amount']} of {charge['id']} is given back by hand: {made['status']}")


async def dispute(run, dice) -> None:
    """A buyer asks their bank for the money."""
    known = [one for one in charges(run) if not one["disputed"]]
    if known:
        charge = dice.choice(known)
        with suppress(StripeError):  # all of it went back before
            run.world.stripe.dispute(charge["id"])
        await run.step(f"{charge['id']} is disputed: {charge['disputed']}")


async def answer_dispute(run, dice) -> None:
    """A dispute is decided: for the shop, or for the buyer."""
    store = run.world.store
    waiting = [one for one in store.disputes.values() if one["status"] == "needs_response"]
    if waiting:
        dispute, won = dice.choice(waiting[-10:]), dice.random() < 0.5
        evidence = {"uncategorized_text": f"{'winning' if won else 'losing'}_evidence"}
        disputes.update(store, dispute["id"], {"evidence": evidence})
        await run.step(f"the dispute of {dispute['charge']} is {dispute['status']}")


async def balance(run, dice) -> None:
    """The shop's balance at Stripe runs out, or is filled up."""
    short = "eur" in run.world.store.limits
    run.world.stripe.set_balance("eur", None if short else dice.choice([0, 3000]))
    await run.step(f"the balance at Stripe is {'filled up' if short else 'short'}")


ACTS = {
    pay: 16,
    pay_and_cancel: 3,
    pay_late: 4,
    pay_twice: 2,
    tamper: 1.5,
    stray: 0.5,
    expire: 1,
    refund_by_hand: 1.5,
    dispute: 0.6,
    answer_dispute: 0.5,
    balance: 0.4,
}
