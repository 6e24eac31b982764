"""Guards of the one durable mechanism: leases, lanes, shared commits, what is told when."""

from tests.mutants.mutant import Mutant

TRANSACTIONS = "db/test_transactions.py"
INTAKE = "db/test_intake.py"
FILE = "disk/test_file.py"
JOBS = "db/test_jobs.py"
MUTANTS = (
    Mutant(
        name="any-worker-finishes",
        guard="Whose lease it is is not looked at when a job is finished.",
        file="db/leases.py",
        old="""    "UPDATE job SET done_at = ?, lease_until = NULL"
    " WHERE id = ? AND COALESCE(lease_token, ?3) = ?3 AND done_at IS NULL AND dead_at IS NULL"
)
_FINISH_MANY""",
        new="""    "UPDATE job SET done_at = ?, lease_until = NULL"
    " WHERE id = ? AND (true OR lease_token = ?3) AND done_at IS NULL AND dead_at IS NULL"
)
_FINISH_MANY""",
        tests=(f"{JOBS}::test_only_the_holder_of_the_lease_finishes_a_job",),
    ),
    Mutant(
        name="any-worker-finishes-on-postgres",
        guard="Whose lease it is is not looked at when jobs are finished together.",
        file="db/leases.py",
        old='    " WHERE job.id = given.id AND job.lease_token = given.token"\n',
        new='    " WHERE job.id = given.id"\n',
        tests=(f"{JOBS}::test_only_the_holder_of_the_lease_finishes_a_job",),
        chosen="postgres",
    ),
    Mutant(
        name="two-jobs-in-a-lane",
        guard="The order of a lane: whatever is due is leased.",
        file="db/leases.py",
        old="    AND (mine.lane IS NULL OR mine.id = COALESCE(\n",
        new="    AND (true OR mine.id = COALESCE(\n",
        tests=(f"{JOBS}::test_a_lane_runs_in_order_one_at_a_time",),
    ),
    Mutant(
        name="a-lease-that-is-taken-is-taken-again",
        guard="Whether somebody else has a job's lease.",
        file="db/leases.py",
        old="    AND (mine.lease_until IS NULL OR mine.lease_until < ?)\n",
        new="    AND (true OR mine.lease_until < ?)\n",
        tests=(f"{INTAKE}::test_concurrent_workers_never_share_a_job",),
    ),
    Mutant(
        name="leases-not-locked",
        guard="FOR UPDATE SKIP LOCKED where due jobs are chosen.",
        file="db/leases.py",
        old='lock="FOR UPDATE SKIP LOCKED" if skip_locked else ""',
        new='lock=""',
        tests=(f"{INTAKE}::test_concurrent_workers_never_share_a_job",),
        chosen="postgres",
    ),
    Mutant(
        name="one-bad-event-refuses-all",
        guard="The poison rule of shared commits: all fail with the one that fails.",
        file="db/group_commit.py",
        old="        for entry in batch:\n            await self._settle([entry])\n",
        new="        for entry in batch:\n            entry.settle((), failure.error)\n",
        tests=(f"{INTAKE}::test_a_bad_entry_is_refused_alone",),
    ),
    Mutant(
        name="outbox-after-commit",
        guard="A message is written down after the commit that needs it, not in it.",
        file="db/jobs.py",
        old="    new = await run(_INSERT_ONE, _values(job, to_ms(now))) == 1\n",
        new="""    from asyncio import get_running_loop

    new, given = True, _values(job, to_ms(now))
    after_commit(lambda: get_running_loop().create_task(run(_INSERT_ONE, given)) and None)
""",
        tests=(f"{JOBS}::test_a_job_rolls_back_with_its_transaction",),
    ),
    Mutant(
        name="woken-before-commit",
        guard="Workers are woken before what they look for is committed.",
        file="db/transactions.py",
        old="""    if transaction is None:
        callback()
    else:
        transaction.callbacks[callback] = None
""",
        new="""    callback()
""",
        tests=(f"{JOBS}::test_waking_comes_after_the_commit",),
    ),
    Mutant(
        name="told-within-a-transaction",
        guard="A call inside an open transaction tells before all is committed.",
        file="db/transactions.py",
        old="        if _open_transaction() is not None:\n            return await function",
        new="        if False:\n            return await function",
        tests=(f"{TRANSACTIONS}::test_a_call_inside_a_transaction_joins_it",),
        chosen="postgres",
    ),
    Mutant(
        name="not-repeated",
        guard="A transaction the database undid is not repeated.",
        file="db/transactions.py",
        old="                if _current.get() is not None or not is_transient(error):\n",
        new="                if True:\n",
        tests=(f"{TRANSACTIONS}::test_a_real_deadlock_ends_with_both_done",),
        chosen="postgres",
    ),
    Mutant(
        name="lease-not-kept",
        guard="The heartbeat of a job that runs longer than its lease.",
        file="db/leases.py",
        old="            (until, job.id, job.lease_token),\n",
        new="            (0, job.id, job.lease_token),\n",
        tests=(f"{JOBS}::test_an_extended_lease_outlives_its_first_end",),
    ),
    Mutant(
        name="away-spends-a-try",
        guard="While the outside is away a job spends its tries.",
        file="bot/runner.py",
        old="        counts = not isinstance(error, Later | NotYet | Unavailable)\n",
        new="        counts = True\n",
        tests=("bot/test_runner.py::test_while_the_outside_is_away_no_try_is_spent",),
    ),
    Mutant(
        name="tried-again-at-once-on-a-full-disk",
        guard="A job whose end cannot be written down is tried again at once.",
        file="bot/runner.py",
        old="                await self._let_be(UNWRITTEN_SECONDS)\n",
        new="                pass\n",
        tests=(
            "disk/test_disk.py::test_what_cannot_be_written_down_is_not_tried_hundreds_of_times",
        ),
        chosen="",
    ),
    Mutant(
        name="a-new-shop-where-one-was-lost",
        guard="Where the database was taken away a new, empty one is begun.",
        file="db/single.py",
        old="    refuse_if_lost(path, begins_anew=begins_anew)\n",
        new="",
        tests=(
            f"{FILE}::test_a_bot_whose_file_is_taken_away_takes_nothing_more_and_stops_with_a_sentence",
        ),
        chosen="deletes",
    ),
)
