"""Guards against strangers: what they see, learn, pile up, write and leave behind."""

from tests.mutants.mutant import Mutant

REQUESTS = "hostile/test_requests.py"
WEBHOOK = "hostile/test_stripe_webhook.py"
ROLES = "hostile/test_authorization.py"
HOLDS = "handlers/test_holds_an_hour.py"
FLOODS = "hostile/test_floods.py"
OUTLETS = "bot/test_outlets.py"
INJECTION = "hostile/test_injection.py"
PORTER = "bot/test_porter.py"
RETENTION = "journeys/test_retention.py"
ROTATION = "journeys/test_rotation.py"

MUTANTS = (
    Mutant(
        name="answers-of-aiohttp-alone",
        guard="What aiohttp answers by itself has none of our headers.",
        file="bot/porter.py",
        old='        if answer.headers.get("Server") != SERVER and not answer.prepared:\n',
        new="        if False:\n",
        tests=(f"{REQUESTS}::test_an_odd_request_gets_a_hardened_answer_that_repeats_nothing",),
    ),
    Mutant(
        name="what-could-not-be-read-is-repeated",
        guard="The answer to what is no HTTP repeats it.",
        file="bot/visit.py",
        old="        answer = web.Response(status=status, text=HTTPStatus(status).phrase)\n",
        new='        answer = web.Response(status=status, text=f"{exc} {message}")\n',
        tests=(f"{REQUESTS}::test_an_odd_request_gets_a_hardened_answer_that_repeats_nothing",),
    ),
    Mutant(
        name="everybody-at-the-door-at-once",
        guard="A crowd is let in before those who are here are listened to.",
        file="bot/porter.py",
        old="self._port, backlog=AT_ONE_GO)\n",
        new="self._port, backlog=self._backlog)\n",
        tests=(f"{PORTER}::test_a_crowd_at_the_door_pushes_nobody_out_who_has_said_what_he_wants",),
        chosen="",
    ),
    Mutant(
        name="any-expectation",
        guard="Whatever a visitor expects is left to aiohttp, which repeats it.",
        file="bot/porter.py",
        old='            if request.headers.get("Expect", CONTINUE).lower() != CONTINUE:\n',
        new="            if False:\n",
        tests=(f"{REQUESTS}::test_an_odd_request_gets_a_hardened_answer_that_repeats_nothing",),
    ),
    Mutant(
        name="any-parameter-of-a-page",
        guard="A parameter of a page may be whatever somebody writes.",
        file="handlers/pages.py",
        old='    return given if _LINKED.fullmatch(given) else ""\n',
        new="    return given\n",
        tests=(f"{REQUESTS}::test_a_guessed_link_is_answered_as_one_that_never_was",),
    ),
    Mutant(
        name="packed-bodies-unpacked",
        guard="A packed body is unpacked before its signature is looked at.",
        file="bot/visit.py",
        old='            "auto_decompress": False,\n',
        new='            "auto_decompress": True,\n',
        tests=(f"{WEBHOOK}::test_a_forgery_is_refused_and_leaves_nothing",),
    ),
    Mutant(
        name="half-a-letter-is-our-error",
        guard="A signed event that cannot be written down is sent again for days.",
        file="bot/stripe_intake.py",
        old="        if isinstance(caught.error, UNWRITABLE):  # once more is no better\n",
        new="        if False:\n",
        tests=(f"{WEBHOOK}::test_a_forgery_is_refused_and_leaves_nothing",),
    ),
    Mutant(
        name="jobs-for-everybody",
        guard="An entry of admins is for anybody.",
        file="handlers/routes.py",
        old='    "jobs": Entry(desk.jobs, Role.ADMIN),\n',
        new='    "jobs": Entry(desk.jobs, Role.ANYBODY),\n',
        tests=(f"{ROLES}::test_every_entry_has_the_role_it_should_have",),
        chosen="",
    ),
    Mutant(
        name="cards-for-former-admins",
        guard="A card that waits is sent to somebody who is no admin any more.",
        file="handlers/cards.py",
        old="        return []  # no admin any more since the card was written\n",
        new="        pass\n",
        tests=(f"{ROLES}::test_a_card_that_waits_is_not_sent_to_whom_is_no_admin_any_more",),
        chosen="",
    ),
    Mutant(
        name="floods-are-answered",
        guard="Whatever one chat sends is answered, however much waits.",
        file="bot/floods.py",
        old="        if answers < MOST_ANSWERS:\n",
        new="        if True:\n",
        tests=(f"{FLOODS}::test_a_flood_of_one_piles_nothing_up_and_others_are_answered",),
    ),
    Mutant(
        name="holds-without-end",
        guard="One customer begins as many bookings an hour as there is time for.",
        file="booking/hold.py",
        old='    if own["begun"] >= MOST_HELD:\n',
        new="    if False:\n",
        tests=(f"{HOLDS}::test_who_holds_and_cancels_all_the_time_must_wait_and_nobody_else",),
    ),
    Mutant(
        name="written-over-what-the-shop-needs",
        guard="A copy or an export may take the place of the database, the configuration or a key.",
        file="bot/commands/outlets.py",
        old="        if file.exists():\n",
        new="        if False:\n",
        tests=(f"{OUTLETS}::test_nothing_is_written_over_what_the_shop_lives_by",),
        chosen="",
    ),
    Mutant(
        name="half-an-export",
        guard="An export that fails leaves half of it in the place of the older one.",
        file="bot/commands/export.py",
        old=" if is_device else in_place_of(output) as file:\n",
        new=" as file:\n",
        tests=(f"{OUTLETS}::test_an_export_that_fails_leaves_the_older_one",),
        chosen="",
    ),
    Mutant(
        name="stripe-asked-at-every-tap",
        guard="Stripe is asked as often as somebody taps.",
        file="booking/requests.py",
        old='    if what == "check_payment" and await is_waiting_in_lane(lane):\n',
        new="    if False:\n",
        tests=(
            f"{FLOODS}::test_stripe_is_asked_by_one_at_a_time_however_often_i_have_paid_is_tapped",
        ),
    ),
    Mutant(
        name="stripe-asked-at-every-look",
        guard="Each who opens a payment's page asks Stripe.",
        file="handlers/looks.py",
        old="        if look and (not look.done() or now - began < FRESH_SECONDS):\n",
        new="        if False and look:\n",
        tests=(f"{FLOODS}::test_a_crowd_on_one_page_is_one_look_at_stripe",),
    ),
    Mutant(
        name="semicolons-begin-formulas",
        guard="After a semicolon a cell may begin a formula.",
        file="bot/commands/export.py",
        old="(?<=[;\\t\\r\\n])",
        new="(?<=[\\t\\r\\n])",
        tests=("bot/test_commands.py::test_where_cells_end_at_semicolons_no_formula_begins",),
        chosen="",
    ),
    Mutant(
        name="lines-of-their-own-in-the-log",
        guard="What is hidden in a text is hidden in the log.",
        file="bot/logs.py",
        old="            _visible,\n",
        new="",
        tests=(f"{INJECTION}::test_nothing_in_a_text_makes_a_line_of_the_log_of_its_own",),
        chosen="",
    ),
    Mutant(
        name="undecided-money-is-nobodys",
        guard="Whoever's money is disputed is erased.",
        file="booking/retention.py",
        old='        over = [row["id"] for row in found if not row["undecided"]]\n',
        new='        over = [row["id"] for row in found]\n',
        tests=(f"{RETENTION}::test_what_waits_for_a_decision_about_money_waits",),
    ),
    Mutant(
        name="erased-but-for-the-id",
        guard="Whoever was erased keeps their Telegram id.",
        file="booking/retention.py",
        old="update(telegram_id=-customer_id, blocked_at=now)",
        new="update(blocked_at=now)",
        tests=(f"{RETENTION}::test_persons_go_when_their_time_is_over_and_amounts_stay",),
    ),
    Mutant(
        name="any-privacy-key",
        guard="A key that opens nothing is gone on with.",
        file="bot/keys.py",
        old='        raise ConfigurationError(\n            "privacy.key: not the key',
        new=(
            "        return\n"
            '        raise ConfigurationError(\n            "privacy.key: not the key'
        ),
        tests=(f"{ROTATION}::test_a_lost_privacy_key_is_told_of_and_not_replaced_in_silence",),
    ),
    Mutant(
        name="what-another-key-sealed-stops-all",
        guard="A job that no key of ours opens stops all others.",
        file="db/leases.py",
        old="        except Tampered:\n",
        new="        except ZeroDivisionError:\n",
        tests=(
            "db/test_jobs.py::test_what_another_key_sealed_stands_in_nobodys_way_and_is_done_by_who_has_it",
        ),
    ),
)
