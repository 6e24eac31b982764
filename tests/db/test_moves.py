"""Moves: a state changes only along the arrows, however the calls are mixed."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.models import Booking
from db.money_models import Attempt, Dispute, Refund
from db.moves import move, move_attempt, move_dispute, move_refund, sources_of
from db.states import (
    ATTEMPT_MOVES,
    DISPUTE_MOVES,
    MOVES,
    REFUND_MOVES,
    AttemptState,
    BookingState,
    DisputeState,
    EndReason,
    RefundState,
)
from tests.db.shop import NOW, at, open_shop
from tests.engines import second_connection


@dataclass
class Subject:
    """One stored row whose state moves, and the arrows it must follow."""

    id: int
    moves: dict
    table: str
    column: str
    go: object


async def subjects() -> list[Subject]:
    shop = await open_shop()
    booking = await shop.booking()
    attempt = await Attempt.create(
        booking_id=booking.id,
        number=1,
        idempotency_key="a",
        params={},
        amount_minor=5000,
        currency="EUR",
        expires_at=at(30),
        created_at=NOW,
    )
    refund = await Refund.create(
        attempt_id=attempt.id,
        idempotency_key="r",
        amount_minor=5000,
        reason="late",
        created_at=NOW,
    )
    dispute = await Dispute.create(
        attempt_id=attempt.id,
        dispute_id="du_1",
        state=DisputeState.NEEDS_RESPONSE,
        amount_minor=5000,
        currency="EUR",
        reason="general",
        opened_at=NOW,
    )
    return [
        Subject(booking.id, MOVES, "booking", "status", move),
        Subject(attempt.id, ATTEMPT_MOVES, "attempt", "state", move_attempt),
        Subject(refund.id, REFUND_MOVES, "refund", "state", move_refund),
        Subject(dispute.id, DISPUTE_MOVES, "dispute", "state", move_dispute),
    ]


async def state_of(other, subject: Subject) -> str:
    return await other.value(f"SELECT {subject.column} FROM {subject.table}")


async def test_every_pair_of_states_moves_exactly_where_an_arrow_is(database):
    async with second_connection(database.url) as other:
        for subject in await subjects():
            for source in subject.moves:
                for target in subject.moves:
                    await put(other, subject, source)
                    moved = await subject.go(subject.id, target)
                    assert moved == (target in subject.moves[source]), (source, target)
                    expected = target if moved else source
                    assert await state_of(other, subject) == expected


async def put(other, subject: Subject, state: StrEnum) -> None:
    done = other.raw.execute(f"UPDATE {subject.table} SET {subject.column} = '{state}'")
    if asyncio.iscoroutine(done):
        await done


async def test_of_many_who_move_at_once_one_succeeds(database):
    [booking, *_] = await subjects()
    targets = [BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.EXPIRED] * 20
    sources = {BookingState.HELD}
    moved = await asyncio.gather(*(move(booking.id, to, sources=sources) for to in targets))
    assert moved.count(True) == 1
    async with second_connection(database.url) as other:
        assert await state_of(other, booking) == targets[moved.index(True)]


async def test_columns_are_set_with_the_state_or_not_at_all(database):
    [booking, *_] = await subjects()
    values = {"ended_at": at(5), "end_reason": EndReason.CUSTOMER}
    assert await move(booking.id, BookingState.CANCELLED, **values)
    assert not await move(booking.id, BookingState.EXPIRED, end_reason=EndReason.SHOP)
    stored = await Booking.get(id=booking.id)
    assert (stored.ended_at, stored.end_reason) == (at(5), EndReason.CUSTOMER)


async def test_sources_may_be_narrowed_but_never_widened(database):
    [booking, *_] = await subjects()
    assert not await move(
        booking.id, BookingState.CONFIRMED, sources={BookingState.AWAITING_PAYMENT}
    )
    with pytest.raises(ValueError, match="no move"):
        await move(booking.id, BookingState.CONFIRMED, sources={BookingState.COMPLETED})


def test_what_is_final_has_no_arrow_out():
    assert not ATTEMPT_MOVES[AttemptState.SUCCEEDED]
    assert not REFUND_MOVES[RefundState.FAILED]
    assert not REFUND_MOVES[RefundState.CANCELED]
    assert sources_of(MOVES, BookingState.HELD) == []


async def test_any_walk_of_moves_stays_on_the_arrows(database):
    [booking, attempt, refund, _] = await subjects()
    states = {booking.table: BookingState, attempt.table: AttemptState, refund.table: RefundState}
    for subject in (booking, attempt, refund):
        walk = st.lists(st.sampled_from(list(states[subject.table])), max_size=12)
        found: list[list[StrEnum]] = []
        collect(walk, found)
        async with second_connection(database.url) as other:
            for steps in found:
                now = next(iter(states[subject.table]))
                await put(other, subject, now)
                for step in steps:
                    moved = await subject.go(subject.id, step)
                    assert moved == (step in subject.moves[now])
                    now = step if moved else now
                    assert await state_of(other, subject) == now


def collect(walk, found) -> None:
    """Let Hypothesis choose the walks; the event loop is ours, so they are walked afterwards."""

    @settings(max_examples=60, database=None, deadline=None)
    @given(walk)
    def choose(steps):
        found.append(steps)

    choose()
