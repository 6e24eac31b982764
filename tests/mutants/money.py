"""Guards of money: what confirms a booking, when a place is given away, what goes back."""

from tests.mutants.mutant import Mutant

COUPONS = "booking/test_coupons.py"
CONVERSATION = "journeys/test_conversation.py"
CANCEL = "booking/test_cancel.py"
REFUND = "journeys/test_refund.py"
BAD_DAYS = "journeys/test_bad_days.py"
EXPIRY = "journeys/test_expiry.py"
LATE = "journeys/test_late.py"
WEBHOOK = "journeys/test_webhook.py"
STRIPE_EVENTS = "handlers/test_stripe_events.py"
REFUNDS = "booking/test_refund.py"
BELIEVED = f"{STRIPE_EVENTS}::test_what_stripe_says_now_decides_not_the_event"
MISFITS = (f"{STRIPE_EVENTS}::test_a_payment_that_does_not_fit_confirms_nothing",)


def _unchecked(name: str, check: str) -> Mutant:
    return Mutant(
        name=f"{name}-unchecked",
        guard=f"Whether the {name} of a payment is what was asked for is not looked at.",
        file="booking/confirm.py",
        old=f'        "{name}": {check},\n',
        new=f'        "{name}": True,\n',
        tests=MISFITS,
        chosen=f"sqlite and {name}",
    )


MUTANTS = (
    _unchecked("amount", "session.amount_total == attempt.amount_minor"),
    _unchecked("currency", "session.currency == attempt.currency"),
    _unchecked("mode", 'session.mode == "payment"'),
    _unchecked("livemode", "session.livemode == env.shop.livemode"),
    _unchecked("reference", "session.client_reference_id == attempt.booking.reference"),
    Mutant(
        name="any-session-adopted",
        guard="A session that carries nothing of ours pays for the booking it names.",
        file="booking/confirm.py",
        old="    if attempt is not None or not _ours(env, session):\n",
        new="    if attempt is not None:\n",
        tests=(f"{STRIPE_EVENTS}::test_a_session_of_somebody_else_pays_for_nothing",),
    ),
    Mutant(
        name="complete-is-paid",
        guard="A session its buyer has completed is taken for paid.",
        file="booking/ports.py",
        old='        return self.status == "complete" and self.payment_status != "unpaid"\n',
        new='        return self.status == "complete"\n',
        tests=(f"{WEBHOOK}::test_a_delayed_payment_keeps_the_slot_and_finishes_later",),
    ),
    Mutant(
        name="event-of-an-expiry-believed",
        guard="Stripe is not asked whether a session has expired: its event is believed.",
        file="booking/release.py",
        old="    if await confirm(env, session_id) == Standing.EXPIRED:\n        await link_lost",
        new="""    found = Attempt.filter(session_id=session_id).select_related("booking__customer")
    attempt = await found.get()
    await move_attempt(attempt.id, AttemptState.EXPIRED)
    ended = (BookingState.EXPIRED, EndReason.PAYMENT_EXPIRED, "stripe")
    if await _free(env, attempt.booking, *ended):
        await link_lost""",
        tests=(BELIEVED,),
        chosen="sqlite and expired",
    ),
    Mutant(
        name="event-of-a-failure-believed",
        guard="Stripe is not asked whether a payment failed: its event is believed.",
        file="booking/release.py",
        old="    standing = await confirm(env, session_id)\n    if standing in",
        new="""    standing = Standing.PROCESSING
    await Attempt.filter(session_id=session_id).update(state="processing")
    await Booking.filter(attempts__session_id=session_id).update(status="processing")
    if standing in""",
        tests=(BELIEVED,),
        chosen="sqlite and failed",
    ),
    Mutant(
        name="second-payment-kept",
        guard="A payment of what was paid already stays with the shop.",
        file="booking/late.py",
        old="    if review is not None:\n        because",
        new="    if review is None:\n        because",
        tests=(f"{LATE}::test_a_second_payment_goes_back_by_itself_and_the_first_stays",),
    ),
    Mutant(
        name="late-payment-takes-a-taken-place",
        guard="A late payment confirms its booking although its place is gone.",
        file="booking/late.py",
        old="    except SlotTaken:\n        return False\n    await use_coupon",
        new="    except SlotTaken:\n        pass\n    await use_coupon",
        tests=(f"{LATE}::test_a_late_payment_whose_time_is_gone_can_be_used_for_another",),
    ),
    Mutant(
        name="released-before-expired",
        guard="A place is given away before its session is expired at Stripe.",
        file="booking/release.py",
        old="    while (standing := await close(env, booking=booking)) in NOTHING_KEPT:\n",
        new="""    opened = await Attempt.filter(booking_id=booking.id, state=AttemptState.OPEN)
    for attempt in opened:
        await move_attempt(attempt.id, AttemptState.EXPIRED)
    await _free(env, booking, to, reason, actor)
    for attempt in opened:
        await env.payments.expire(attempt.session_id or "")
    while (standing := await close(env, booking=booking)) in NOTHING_KEPT:
""",
        tests=(f"{EXPIRY}::test_a_slot_is_not_given_away_while_stripe_cannot_be_asked",),
    ),
    Mutant(
        name="never-expired-at-stripe",
        guard="A hold ends and its session can still be paid.",
        file="booking/release.py",
        old="        session = await env.payments.expire(attempt.session_id)\n",
        new="        session = None\n",
        tests=(f"{EXPIRY}::test_a_customer_cancels_while_unpaid",),
    ),
    Mutant(
        name="hold-without-end",
        guard="Nothing ends a hold that nobody pays.",
        file="booking/hold.py",
        old="        run_at=booking.held_until,\n",
        new="        run_at=booking.held_until + timedelta(days=365),\n",
        tests=(f"{EXPIRY}::test_an_unpaid_hold_is_expired_at_stripe_and_then_released",),
    ),
    Mutant(
        name="new-key-for-a-session",
        guard="Stripe is asked for the same session under another key each time.",
        file="booking/pay.py",
        old="key, late = attempt.idempotency_key, partial(",
        new="key, late = env.randomness.key(), partial(",
        tests=(f"{BAD_DAYS}::test_a_session_whose_answer_was_lost_again_and_again_is_made_once",),
    ),
    Mutant(
        name="more-back-than-was-paid",
        guard="A refund takes from a payment more than is left of it.",
        file="booking/refund.py",
        old="            part = min(wanted, source.left)\n",
        new="            part = wanted\n",
        tests=(f"{REFUNDS}::test_an_amount_is_split_exactly_over_what_the_payments_have_left",),
        chosen="",
    ),
    Mutant(
        name="refund-of-any-size",
        guard="A refund of more than is left is not refused.",
        file="booking/refund.py",
        old="        if amount > self.left:\n",
        new="        if amount > self.paid + self.paid:\n",
        tests=(f"{REFUNDS}::test_an_amount_is_split_exactly_over_what_the_payments_have_left",),
        chosen="",
    ),
    Mutant(
        name="refund-on-its-way-forgotten",
        guard="What is given back but has not arrived counts as still there.",
        file="booking/refund.py",
        old="        if refund.attempt_id in back and refund.state.counts:\n",
        new="        if refund.attempt_id in back and refund.state == RefundState.SUCCEEDED:\n",
        tests=(f"{REFUNDS}::test_of_many_who_give_all_of_it_back_at_once_one_succeeds",),
    ),
    Mutant(
        name="question-answered-twice",
        guard="One question about a refund can be answered with Yes again.",
        file="booking/refund.py",
        old="    if not await ask_later(env, booking=booking, about=str(wish.question)):\n",
        new="    if await ask_later(env, booking=booking, about=str(wish.question)) is None:\n",
        tests=(f"{REFUNDS}::test_one_question_is_answered_once",),
    ),
    Mutant(
        name="new-key-for-a-refund",
        guard="Stripe is asked for the same refund under another key each time.",
        file="booking/refund_work.py",
        old="keys_of(refund.idempotency_key, run=run)",
        new="keys_of(env.randomness.key(), run=run)",
        tests=(f"{REFUND}::test_a_part_whose_answer_is_lost_again_and_again_is_given_back_once",),
    ),
    Mutant(
        name="refund-told-too-early",
        guard="A refund is called issued before it has succeeded.",
        file="booking/refund_books.py",
        old='        kind=f"refund_{state}",\n',
        new='        kind=f"refund_{RefundState.SUCCEEDED if state.is_open else state}",\n',
        tests=(f"{REFUND}::test_a_refund_on_its_way_is_called_issued_only_when_it_is",),
    ),
    Mutant(
        name="disputed-money-given-back",
        guard="Money a bank decides about is given back as well.",
        file="booking/refund.py",
        old="            if one.id not in disputes\n",
        new="",
        tests=("handlers/test_disputes.py::test_disputed_money_is_not_given_back_as_well",),
    ),
    Mutant(
        name="cancelled-by-another-effect",
        guard="A cancellation gives back another sum than its customer agreed to.",
        file="booking/cancel.py",
        old="if (terms.back, terms.purse.given_back.minor) != (wish.amount, wish.given_back):\n",
        new="if terms is None:\n",
        tests=(
            f"{CANCEL}::test_what_changed_since_the_question_is_refused_and_nothing_is_half_done",
        ),
    ),
    Mutant(
        name="price-not-shown",
        guard="Another price is asked for than the one beside the button.",
        file="booking/order.py",
        old="    if shown and shown != shown_terms(service, asked):\n",
        new="    if shown is None:\n",
        tests=(f"{CONVERSATION}::test_a_price_that_changed_is_shown_before_it_is_charged",),
    ),
    Mutant(
        name="coupon-overdrawn",
        guard="How often a coupon may be used is not looked at.",
        file="booking/coupons.py",
        old="    if any(most is not None and one > most for one, most in limits):\n",
        new="    if not limits:\n",
        tests=(f"{COUPONS}::test_a_use_that_is_given_back_is_there_for_the_next",),
    ),
)
