"""Guards of the memory: what the database refuses, and how rows are claimed and moved."""

from tests.mutants.mutant import Mutant

COUPONS = "booking/test_coupons.py"
WEBHOOK = "journeys/test_webhook.py"
REFUND = "booking/test_refund.py"
MOVES = "db/test_moves.py"
CLAIMS = "db/test_claims.py"
MIGRATIONS = "db/test_migrations.py"
SCHEMA = "db/migrations/0001_initial.py"
ONCE = (f"{MIGRATIONS}::test_the_database_refuses_a_second_row_where_one_can_be",)


def _nullable(column: str, *, unique: str) -> str:
    return f"('{column}', fields.CharField(null=True, {unique}max_length=255))"


MUTANTS = (
    Mutant(
        name="cell-twice",
        guard="The unique index on a unit's five minutes.",
        file=SCHEMA,
        old="'unique_together': (('unit', 'cell'),), ",
        new="",
        tests=(f"{CLAIMS}::test_overlapping_starts_lengths_and_buffers_never_share_a_unit",),
    ),
    Mutant(
        name="seat-twice",
        guard="The unique index on the number of a seat.",
        file=SCHEMA,
        old="'unique_together': (('occurrence', 'number'),), ",
        new="",
        tests=ONCE,
    ),
    Mutant(
        name="event-key-twice",
        guard="The unique index on the key of an update, an event or a message.",
        file=SCHEMA,
        old="('key', fields.CharField(unique=True, max_length=120))",
        new="('key', fields.CharField(max_length=120))",
        tests=ONCE,
    ),
    Mutant(
        name="session-twice",
        guard="The unique index on the id of a Checkout session.",
        file=SCHEMA,
        old=_nullable("session_id", unique="unique=True, "),
        new=_nullable("session_id", unique=""),
        tests=ONCE,
    ),
    Mutant(
        name="payment-intent-twice",
        guard="The unique index on the id of a payment.",
        file=SCHEMA,
        old=_nullable("payment_intent", unique="unique=True, "),
        new=_nullable("payment_intent", unique=""),
        tests=ONCE,
    ),
    Mutant(
        name="refund-id-twice",
        guard="The unique index on the id of a refund.",
        file=SCHEMA,
        old=_nullable("refund_id", unique="unique=True, "),
        new=_nullable("refund_id", unique=""),
        tests=ONCE,
    ),
    Mutant(
        name="two-drafts",
        guard="The unique index on a customer's one open draft.",
        file=SCHEMA,
        old='CREATE UNIQUE INDEX "draft_one_open"',
        new='CREATE INDEX "draft_one_open"',
        tests=(f"{MIGRATIONS}::test_a_customer_has_one_open_draft_at_most",),
    ),
    Mutant(
        name="two-in-a-lane-refused-by-nobody",
        guard="The unique index on the worker of a lane.",
        file="db/migrations/0003_replicas.py",
        old='CREATE UNIQUE INDEX "job_holder"',
        new='CREATE INDEX "job_holder"',
        tests=("db/test_replicas.py::test_the_database_refuses_a_second_worker_in_a_lane",),
        chosen="postgres",
    ),
    Mutant(
        name="capacity-unchecked",
        guard="How many seats a start has is not looked at.",
        file="db/claims.py",
        old="""    if len(taken) >= capacity:
        return []
    numbers = {row["number"] for row in taken}
    free = [number for number in range(1, capacity + 1) if number not in numbers]
    return free[: capacity - len(taken)]
""",
        new="""    numbers = {row["number"] for row in taken}
    return [number for number in range(1, capacity + 1000) if number not in numbers]
""",
        tests=(f"{CLAIMS}::test_200_at_once_for_a_class_of_ten_leave_ten_winners",),
    ),
    Mutant(
        name="lost-claim-stays",
        guard="A claim that was lost is not undone.",
        file="db/claims.py",
        old='    await run("ROLLBACK TO SAVEPOINT place")\n',
        new="",
        tests=(f"{CLAIMS}::test_a_lost_claim_leaves_nothing_behind",),
    ),
    Mutant(
        name="first-seat-frees-the-unit",
        guard="A unit is free again although others still sit there.",
        file="db/claims.py",
        old="""            "DELETE FROM occurrence WHERE id = ? AND NOT EXISTS"
            " (SELECT 1 FROM seat WHERE occurrence_id = ?)",
            (number, number),
""",
        new="""            "DELETE FROM occurrence WHERE id = ?",
            (number,),
""",
        tests=(f"{CLAIMS}::test_only_the_last_seat_frees_the_unit",),
    ),
    Mutant(
        name="occurrence-not-locked",
        guard="The row lock of a start that others join or leave.",
        file="db/claims.py",
        old="""    lock = "" if database().is_sqlite else " FOR UPDATE"
    found = await rows(_FIND + lock, (unit_id, service_id, start))
""",
        new="""    found = await rows(_FIND, (unit_id, service_id, start))
""",
        tests=(
            f"{CLAIMS}::test_200_at_once_for_a_class_of_ten_leave_ten_winners",
            f"{CLAIMS}::test_a_release_beside_claims_neither_loses_nor_doubles_a_seat",
        ),
        chosen="postgres",
    ),
    Mutant(
        name="move-from-anywhere",
        guard="Compare-and-set: a state moves whatever it was before.",
        file="db/moves.py",
        old='["WHERE id = ? AND", column, "IN (", ", ".join("?" * sources), ")"]',
        new='["WHERE id = ? AND (true OR", column, "IN (", ", ".join("?" * sources), "))"]',
        tests=(f"{MOVES}::test_every_pair_of_states_moves_exactly_where_an_arrow_is",),
    ),
    Mutant(
        name="attempts-not-locked",
        guard="The row locks of a booking's payments.",
        file="db/locks.py",
        old="ORDER BY id FOR UPDATE",
        new="ORDER BY id",
        tests=(
            f"{REFUND}::test_of_many_who_give_all_of_it_back_at_once_one_succeeds",
            f"{REFUND}::test_whoever_asks_at_once_and_whatever_fails_no_more_than_paid_is_given_back",
        ),
        chosen="postgres",
    ),
    Mutant(
        name="session-not-locked",
        guard="The lock of a Checkout session that no row names yet.",
        file="db/locks.py",
        old="    if not database().is_sqlite:\n        await rows",
        new="    if False:\n        await rows",
        tests=(
            f"{WEBHOOK}::test_a_payment_for_an_unknown_booking_is_parked_once_by_whoever_learns_of_it",
        ),
        chosen="postgres",
    ),
    Mutant(
        name="coupon-not-locked",
        guard="The row lock of a coupon whose uses are counted.",
        file="db/locks.py",
        old='    found = await rows("SELECT id FROM coupon WHERE code = ?" + lock, (code,))',
        new='    found = await rows("SELECT id FROM coupon WHERE code = ?", (code,))',
        tests=(f"{COUPONS}::test_nobody_is_refused_at_once_while_there_are_uses_left",),
        chosen="postgres",
    ),
    Mutant(
        name="names-in-the-clear",
        guard="Personal columns are kept without encryption.",
        file="db/sealing.py",
        old="        return self._head + nonce + self._cipher.encrypt(nonce, plain, self._head)",
        new="        return self._head + nonce + plain",
        tests=("db/test_sealing.py::test_the_database_holds_no_plain_name",),
    ),
)
