"""Guards of what comes in: who is believed, and what is acknowledged when."""

from tests.mutants.mutant import Mutant

MALFORMED = "journeys/test_malformed.py"
RECEIVER = "bot/test_receiver.py"
WEB = "bot/test_web.py"
SIGNATURES = "bot/test_stripe_signature.py"
FOREIGN = ("handlers/test_stripe_events.py::test_foreign_events_are_let_go",)

MUTANTS = (
    Mutant(
        name="stripe-told-before-commit",
        guard="An event is acknowledged before it is stored.",
        file="bot/stripe_intake.py",
        old=(
            "        (is_new,) = await self._apart.within("
            'KEPT_SECONDS, kept, name="keep an event")\n'
        ),
        new="""        from asyncio import ensure_future

        is_new = bool(ensure_future(kept))
""",
        tests=(f"{WEB}::test_what_cannot_be_stored_is_sent_again_by_stripe",),
    ),
    Mutant(
        name="stripe-told-although-not-stored",
        guard="An event that could not be stored is acknowledged.",
        file="bot/stripe_intake.py",
        old='        return web.Response(status=503, headers={"Retry-After": "5"})\n',
        new="        return web.Response()\n",
        tests=(f"{WEB}::test_what_cannot_be_stored_is_sent_again_by_stripe",),
    ),
    Mutant(
        name="telegram-told-before-commit",
        guard="An update of the webhook is acknowledged before it is stored.",
        file="bot/hook.py",
        old=(
            "        (is_new,) = await self._apart.within("
            'KEPT_SECONDS, kept, name="keep an update")\n'
        ),
        new="""        from asyncio import ensure_future

        is_new = bool(ensure_future(kept))
""",
        tests=(f"{RECEIVER}::test_what_cannot_be_stored_is_sent_again_by_telegram",),
    ),
    Mutant(
        name="offset-before-commit",
        guard="Polling moves on past updates that are not stored yet.",
        file="bot/receiver.py",
        old="        if entries := list(_readable(updates, self._count)):\n",
        new="""        ids = [number for update in updates if (number := id_of(update)) is not None]
        self._offset = max(ids, default=-1) + 1
        if entries := list(_readable(updates, self._count)):
""",
        tests=(f"{RECEIVER}::test_the_offset_moves_only_after_the_commit",),
    ),
    Mutant(
        name="webhook-secret-unchecked",
        guard="Whoever posts to the Telegram webhook is believed.",
        file="bot/hook.py",
        old="        if not self._secret or not hmac.compare_digest(given, self._secret):\n",
        new="        if not self._secret:\n",
        tests=(f"{RECEIVER}::test_strangers_are_refused",),
    ),
    Mutant(
        name="webhook-secret-compared-in-haste",
        guard="A secret is compared by != and not in constant time.",
        file="bot/hook.py",
        old="not hmac.compare_digest(given, self._secret)",
        new="given != self._secret",
        tests=("test_house_rules.py::test_no_secret_is_compared_letter_by_letter",),
        chosen="hook",
    ),
    Mutant(
        name="link-seal-compared-in-haste",
        guard="The seal of a link is compared by == and not in constant time.",
        file="handlers/tokens.py",
        old="hmac.compare_digest(given, each)",
        new="given == each",
        tests=("test_house_rules.py::test_no_secret_is_compared_letter_by_letter",),
        chosen="tokens",
    ),
    Mutant(
        name="link-seal-unchecked",
        guard="The seal of a link is not looked at.",
        file="handlers/tokens.py",
        old=" if any(hmac.compare_digest(given, each) for each in seals) else None",
        new=" if seals else None",
        tests=("handlers/test_pages.py::test_a_forged_token_opens_nothing",),
        chosen="",
    ),
    Mutant(
        name="metrics-for-everybody",
        guard="The token of /metrics is not looked at.",
        file="bot/scrape.py",
        old='kind.lower() == "bearer" and hmac.compare_digest(told, self._token)',
        new='kind.lower() == "bearer" and bool(told)',
        tests=("journeys/test_seeing.py::test_with_a_token_only_who_knows_it_is_answered",),
    ),
    Mutant(
        name="signature-unchecked",
        guard="The signature of an event is not looked at.",
        file="bot/stripe_signature.py",
        old="    if not _any_equal(expected, signatures):\n",
        new="    if not expected:\n",
        tests=(f"{SIGNATURES}::test_a_changed_body_is_refused",),
        chosen="",
    ),
    Mutant(
        name="signature-compared-in-haste",
        guard="A signature is compared by == and not in constant time.",
        file="bot/stripe_signature.py",
        old="            found |= hmac.compare_digest(one, other)\n",
        new="            found |= one == other\n",
        tests=("test_house_rules.py::test_no_secret_is_compared_letter_by_letter",),
        chosen="signature",
    ),
    Mutant(
        name="stale-event-believed",
        guard="How old an event is is not looked at.",
        file="bot/stripe_signature.py",
        old="    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:\n",
        new="    if int(stamp) - now.timestamp() > TOLERANCE_SECONDS:\n",
        tests=(f"{SIGNATURES}::test_stale_and_future_events_are_refused",),
        chosen="",
    ),
    Mutant(
        name="future-event-believed",
        guard="An event signed in the future is believed.",
        file="bot/stripe_signature.py",
        old="    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:\n",
        new="    if now.timestamp() - int(stamp) > TOLERANCE_SECONDS:\n",
        tests=(f"{SIGNATURES}::test_stale_and_future_events_are_refused",),
        chosen="",
    ),
    Mutant(
        name="any-shop-is-ours",
        guard="The shop in the metadata of an event is not looked at.",
        file="booking/ports.py",
        old='metadata.get("app") == "booking-bot" and metadata.get("shop") == self.id',
        new='metadata.get("app") == "booking-bot"',
        tests=FOREIGN,
        chosen="",
    ),
    Mutant(
        name="any-app-is-ours",
        guard="The app in the metadata of an event is not looked at.",
        file="booking/ports.py",
        old='metadata.get("app") == "booking-bot" and metadata.get("shop") == self.id',
        new='metadata.get("shop") == self.id',
        tests=FOREIGN,
        chosen="",
    ),
    Mutant(
        name="body-of-any-size",
        guard="The limit of a request's body.",
        file="bot/web.py",
        old="client_max_size=BODY_LIMIT",
        new="client_max_size=0",
        tests=(f"{WEB}::test_too_large_a_body_is_refused",),
    ),
    Mutant(
        name="error-shown",
        guard="What went wrong inside is shown to whoever asked.",
        file="bot/web.py",
        old="                response = web.Response(status=SERVER_ERROR, text=SORRY)\n",
        new="                response = web.Response(status=SERVER_ERROR, text=repr(error))\n",
        tests=(f"{WEB}::test_an_error_of_ours_shows_nothing_and_is_hardened",),
        chosen="",
    ),
    Mutant(
        name="any-proxy-believed",
        guard="Whoever says for whom they ask is believed.",
        file="bot/proxies.py",
        old="    while hops and _is_within(address, trusted):\n",
        new="    while hops:\n",
        tests=(f"{WEB}::test_only_trusted_proxies_are_believed",),
        chosen="",
    ),
    Mutant(
        name="misshapen-update-read",
        guard="The shape of an update is not looked at before it is read.",
        file="bot/telegram.py",
        old="        wrong = misshapen(job.payload)\n",
        new='        wrong = ""\n',
        tests=(f"{MALFORMED}::test_updates_of_any_shape_break_nothing_and_everybody_is_answered",),
    ),
    Mutant(
        name="secrets-in-the-log",
        guard="Secrets are not blotted out of the log.",
        file="bot/logs.py",
        old="        return self._redaction(super().format(record))\n",
        new="        return super().format(record)\n",
        tests=("bot/test_logs.py::test_nothing_sings",),
        chosen="",
    ),
    Mutant(
        name="formula-in-a-cell",
        guard="A cell that begins like a formula is written as it is.",
        file="bot/commands/export.py",
        old="""return FORMULA.sub("'", text) if isinstance(value, str) else text""",
        new="return text",
        tests=("bot/test_commands.py::test_no_cell_is_taken_for_a_formula",),
        chosen="",
    ),
)
