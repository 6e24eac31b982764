"""Guards of the chat: who sees and does what, what is said when, and to whom."""

from tests.mutants.mutant import Mutant

FORGET = "journeys/test_forget.py"
SCHEDULE = "booking/test_schedule.py"
BAD_DAYS = "journeys/test_bad_days.py"
DOORS = "handlers/test_doors.py"
NOTICES = "handlers/test_notices.py"
REMIND = "booking/test_remind.py"
WEBHOOK = "journeys/test_webhook.py"
SENDER = "bot/test_sender.py"

MUTANTS = (
    Mutant(
        name="sent-again-although-in-doubt",
        guard="A new message whose answer was lost is taken for one that was not sent.",
        file="bot/sender.py",
        old="        raise OutcomeUnknown(str(error)) from error\n",
        new="        raise Unavailable(str(error)) from error\n",
        tests=(f"{SENDER}::test_a_lost_answer_to_a_new_message_is_unknown",),
    ),
    Mutant(
        name="flood-not-waited-out",
        guard="How long Telegram asks to wait is not kept.",
        file="bot/sender.py",
        old="            raise Later(refusal.retry_after) from None\n",
        new="            raise Later(0) from None\n",
        tests=(f"{SENDER}::test_a_flood_is_waited_out_exactly_as_long_as_asked",),
    ),
    Mutant(
        name="block-not-understood",
        guard="Whoever blocked the bot is written to again and again.",
        file="bot/sender.py",
        old="        if refusal.code == FORBIDDEN or refusal.says(*UNREACHABLE):\n",
        new="        if refusal.says(*UNREACHABLE):\n",
        tests=(f"{SENDER}::test_whoever_blocked_the_bot_cannot_be_reached",),
    ),
    Mutant(
        name="receipt-lost-with-a-block",
        guard="A receipt that could not be delivered is not kept for its customer.",
        file="booking/customers.py",
        old="    return waits is None or await jobs.bury(waits, now=now, error=BLOCKED)\n",
        new='    return waits is None or await jobs.bury(waits, now=now, error="gone")\n',
        tests=(f"{WEBHOOK}::test_a_customer_who_blocked_the_bot_gets_the_receipt_when_back",),
    ),
    Mutant(
        name="reminded-whatever-stripe-says",
        guard="Stripe is not asked before somebody is reminded of a payment.",
        file="booking/remind_work.py",
        old="    if await confirm(env, attempt.session_id) == Standing.OPEN:\n        await _send",
        new="    if attempt.session_id:\n        await _send",
        tests=(f"{REMIND}::test_stripe_is_asked_right_before",),
    ),
    Mutant(
        name="reminded-whatever-happened",
        guard="What became of a booking is not looked at when its reminder is due.",
        file="booking/remind_work.py",
        old="booking.status.awaits_money\n        and booking.muted_at is None\n        and",
        new="booking.id > 0\n        and",
        tests=(f"{REMIND}::test_nobody_is_hurried_who_need_not_pay_any_more",),
    ),
    Mutant(
        name="reminded-of-what-was-cancelled",
        guard="Whether an appointment still stands is not looked at when it is reminded of.",
        file="booking/remind_work.py",
        old="    if not confirmed or to_ms(booking.start) != start or is_overtaken(until, now):\n",
        new="    if is_overtaken(until, now):\n",
        tests=(f"{REMIND}::test_an_appointment_is_reminded_of_while_it_stands",),
    ),
    Mutant(
        name="reminder-not-checked-as-it-leaves",
        guard="What became of a booking is not looked at when its reminder leaves.",
        file="handlers/reminder_notices.py",
        old="    is_over = not _can_be_paid(notice) or now >= booking.held_until\n",
        new="    is_over = False\n",
        tests=("handlers/test_reminders.py::test_what_is_no_longer_true_is_not_said",),
    ),
    Mutant(
        name="foreign-booking-shown",
        guard="Whose booking it is is not looked at before it is shown.",
        file="handlers/reading.py",
        old="    return await _with_names(reference=reference.upper(), customer_id=customer.id)\n",
        new="    return await _with_names(reference=reference.upper())\n",
        tests=(f"{NOTICES}::test_nobody_sees_the_booking_of_another",),
    ),
    Mutant(
        name="foreign-draft-moved",
        guard="Whose draft it is is not looked at before it is changed.",
        file="handlers/reading.py",
        old='    return await first(Draft, "id = ? AND customer_id = ?", draft_id, customer.id)\n',
        new='    return await first(Draft, "id = ?", draft_id)\n',
        tests=(f"{DOORS}::test_nobody_moves_the_draft_of_another",),
    ),
    Mutant(
        name="foreign-number-taken",
        guard="Whose telephone number is shared is not looked at.",
        file="handlers/typed.py",
        old="    if shared.user_id != user.id:\n",
        new="    if shared.user_id is None:\n",
        tests=(f"{DOORS}::test_the_contact_of_somebody_else_is_not_taken",),
    ),
    Mutant(
        name="everybody-is-an-admin",
        guard="Who is an admin is not looked at at the door.",
        file="handlers/admin/gate.py",
        old="        allowed = user is not None and user.id in visit.env.shop.admins\n",
        new="        allowed = user is not None\n",
        tests=(f"{DOORS}::test_commands_of_admins_do_not_exist_for_others",),
    ),
    Mutant(
        name="everybody-sees-the-desk",
        guard="Who is an admin is not looked at where an admin's views are worded.",
        file="handlers/asked.py",
        old="        return self.customer.telegram_id in self.door.env.shop.admins\n",
        new="        return True\n",
        tests=(f"{NOTICES}::test_views_of_admins_are_empty_for_others",),
    ),
    Mutant(
        name="any-grammar-understood",
        guard="Callback data of another version is read as if it were ours.",
        file="handlers/keyboards.py",
        old="    if len(parts) != _PARTS or parts[0] != GRAMMAR or parts[1] not in set(Verb):\n",
        new="    if len(parts) != _PARTS or parts[1] not in set(Verb):\n",
        tests=("handlers/test_keyboards.py::test_foreign_data_is_not_ours",),
        chosen="",
    ),
    Mutant(
        name="old-keyboard-obeyed",
        guard="A tap on an older keyboard changes what has gone on meanwhile.",
        file="handlers/book.py",
        old="    if draft is None or not draft.open or draft.version != tap.draft_version:\n",
        new="    if draft is None or not draft.open:\n",
        tests=(f"{DOORS}::test_an_old_keyboard_shows_the_present_screen_with_a_toast",),
    ),
    Mutant(
        name="update-handled-twice",
        guard="Whether an update was answered before is not looked at.",
        file="handlers/context.py",
        old="return draft is not None and draft.last_update_id == self.turn.update_id",
        new="return False",
        tests=(f"{DOORS}::test_the_same_update_twice_changes_nothing_and_scolds_nobody",),
    ),
    Mutant(
        name="draft-changed-by-the-slower-tap",
        guard="Compare-and-set of a draft: the slower of two taps wins.",
        file="booking/draft.py",
        old='        " updated_at = ? WHERE id = ? AND open = ? AND version = ?",\n',
        new='        " updated_at = ? WHERE id = ? AND open = ? AND version >= ?",\n',
        tests=(f"{DOORS}::test_of_two_taps_on_one_keyboard_at_once_the_first_decides",),
    ),
    Mutant(
        name="holds-without-number",
        guard="How many unpaid bookings a customer may have is not looked at.",
        file="booking/hold.py",
        old="    if waiting >= env.shop.max_open_bookings_per_customer:\n",
        new="    if waiting < 0:\n",
        tests=(f"{BAD_DAYS}::test_nobody_keeps_more_places_unpaid_than_is_allowed",),
    ),
    Mutant(
        name="no-notice-needed",
        guard="How soon a booking may begin is not looked at.",
        file="booking/schedule.py",
        old="(EPOCH - (days.now - EPOCH) - timedelta(minutes=rules.min_notice))",
        new="(EPOCH - (days.now - EPOCH))",
        tests=(f"{SCHEDULE}::test_notice_is_inclusive",),
        chosen="",
    ),
    Mutant(
        name="no-horizon",
        guard="How far ahead can be booked is not looked at.",
        file="booking/schedule.py",
        old="    last = min(days.last, horizon)\n",
        new="    last = max(days.last, horizon)\n",
        tests=(f"{SCHEDULE}::test_the_horizon_is_inclusive_in_the_shops_days",),
        chosen="",
    ),
    Mutant(
        name="sold-into-a-closure",
        guard="Closures are not looked at.",
        file="booking/schedule.py",
        old="        left = bits & ~(closed >> base - origin)\n",
        new="        left = bits\n",
        tests=(
            f"{SCHEDULE}::test_nothing_is_offered_into_a_closure_but_a_buffer_may_reach_into_it",
        ),
        chosen="",
    ),
    Mutant(
        name="names-as-markup",
        guard="What people and shops write is not escaped in a message.",
        file="handlers/words.py",
        old="        template = escape(_Trusted(self._template(key, args)))\n"
        "        return template.format(**",
        new="        template = self._template(key, args)\n"
        "        return Markup(template).unescape().format(**",
        tests=("handlers/test_texts.py::test_arguments_are_escaped_once",),
        chosen="",
    ),
    Mutant(
        name="forgotten-with-a-booking-to-come",
        guard="A customer is forgotten whom the shop still expects.",
        file="booking/customers.py",
        old="    if ahead:\n        raise BookingsOpen\n",
        new="",
        tests=(f"{FORGET}::test_a_booking_to_come_is_kept_until_it_is_cancelled",),
    ),
)
