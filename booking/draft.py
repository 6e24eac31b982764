"""The draft: a conversation on its way to a booking, changed by compare-and-set alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from booking import availability, notices
from booking.catalog_store import Shelf, shelf
from booking.choices import (
    ANY,
    Choices,
    Step,
    fill,
    next_step,
    open_questions,
    previous,
    still_fitting,
)
from booking.ports import Environment
from booking.turn import Turn
from db.fields import seal_json, to_ms
from db.models import Draft
from db.transactions import run, transactional

Remark = Mapping[str, Any] | None


async def begin(
    env: Environment,
    turn: Turn,
    *,
    service: str | None = None,
    staff: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> Draft:
    """Start the customer's one open draft anew, with what is known already, and show it.

    An unknown service or staff member is ignored, as are answers that fit no question any more:
    the customer is asked.
    """
    now_shelf = await shelf()
    chosen = now_shelf.service(service) if service else None
    offered = now_shelf.staff_of(chosen.key) if chosen else []
    choices = Choices(
        service=chosen.key if chosen else None,
        staff=staff if chosen and (staff == ANY or staff in offered) else None,
        answers=still_fitting(answers or {}, chosen.questions if chosen else ()),
        name=turn.customer.name,
        phone=turn.customer.phone,
        email=turn.customer.email,
    )
    choices, step = _settle(choices, now_shelf)
    return await _open(env, turn, choices, step)


@transactional
async def _open(env: Environment, turn: Turn, choices: Choices, step: Step) -> Draft:
    now = env.clock.now()
    begun = await Draft.get_or_none(customer_id=turn.customer.id, last_update_id=turn.update_id)
    if begun is not None:
        return begun
    await Draft.filter(customer_id=turn.customer.id, open=True).update(open=False)
    draft = await Draft.create(
        customer_id=turn.customer.id,
        step=step,
        choices=choices.to_json(),
        last_update_id=turn.update_id,
        created_at=now,
        updated_at=now,
    )
    await show_again(env, turn, draft=draft)
    return draft


async def choose(
    env: Environment,
    turn: Turn,
    *,
    draft: Draft,
    step: Step | None = None,
    remark: Remark = None,
    **changes: Any,
) -> bool:
    """Change a draft and show what comes next; False when somebody changed it meanwhile.

    `changes` are fields of Choices. Without `step` the next open question follows. A changed
    service or staff member keeps the chosen time where that is still free, and nothing else is
    lost. The screen edits the tapped message, or is sent anew when something was typed.
    """
    now_shelf = await shelf()
    before = Choices.from_json(draft.choices)
    choices = replace(before, **{"misses": 0, **changes})
    choices = await _keep_what_fits(env, before, choices, now_shelf)
    settled, following = _settle(choices, now_shelf)
    if step == Step.QUESTION:
        settled = replace(settled, question=choices.question)
    if (step or following) == Step.SUMMARY:
        settled = replace(settled, changing=False)
    return await _change(env, turn, draft, settled, step or following, remark)


async def go_back(env: Environment, turn: Turn, *, draft: Draft) -> bool:
    """Show the step before, keeping every choice; at the first step leave to the start."""
    now_shelf = await shelf()
    choices = Choices.from_json(draft.choices)
    service = now_shelf.service(choices.service) if choices.service else None
    staff = now_shelf.staff_of(service.key) if service else []
    earlier = previous(Step(draft.step), choices, service=service, staff=staff)
    if earlier is None:
        return await leave(env, turn, draft=draft)
    step, question = earlier
    return await _change(
        env, turn, draft, replace(choices, question=question, misses=0), step, None
    )


@transactional
async def leave(env: Environment, turn: Turn, *, draft: Draft, remark: Remark = None) -> bool:
    """Close a draft without booking and show the start; False when it had changed meanwhile."""
    if not await close(draft, update_id=turn.update_id):
        return False
    await notices.show(
        env,
        customer=turn.customer,
        key=str(turn.update_id),
        view="home",
        remark=remark,
        message_id=turn.message_id,
    )
    return True


async def close(draft: Draft, *, update_id: int) -> bool:
    """Close a draft in the caller's transaction, if nobody changed it meanwhile."""
    closed = await run(
        "UPDATE draft SET open = ?, version = version + 1, last_update_id = ?"
        " WHERE id = ? AND open = ? AND version = ?",
        (False, update_id, draft.id, True, draft.version),
    )
    return closed == 1


async def show_again(env: Environment, turn: Turn, *, draft: Draft, remark: Remark = None) -> None:
    """Show the draft's present question, changing nothing."""
    await notices.show(
        env,
        customer=turn.customer,
        key=str(turn.update_id),
        view="draft",
        ref=draft.id,
        remark=remark,
        message_id=turn.message_id,
    )


@transactional
async def _change(
    env: Environment, turn: Turn, draft: Draft, choices: Choices, step: Step, remark: Remark
) -> bool:
    changed = await run(
        "UPDATE draft SET step = ?, choices = ?, version = version + 1, last_update_id = ?,"
        " updated_at = ? WHERE id = ? AND open = ? AND version = ?",
        (
            str(step),
            seal_json(choices.to_json()),
            turn.update_id,
            to_ms(env.clock.now()),
            draft.id,
            True,
            draft.version,
        ),
    )
    if changed:
        await show_again(env, turn, draft=draft, remark=remark)
    return changed == 1


def _settle(choices: Choices, now_shelf: Shelf) -> tuple[Choices, Step]:
    """Fill in what has one option, and name the next step with the question it asks."""
    service = now_shelf.service(choices.service) if choices.service else None
    staff = now_shelf.staff_of(service.key) if service else []
    choices = fill(choices, service=service, staff=staff)
    step = next_step(choices, service)
    asked = None
    if step == Step.QUESTION and service is not None:
        asked = open_questions(choices, service)[0].key
    return replace(choices, question=asked), step


async def _keep_what_fits(
    env: Environment, before: Choices, after: Choices, now_shelf: Shelf
) -> Choices:
    """Drop the staff member and the time where they do not fit a changed choice."""
    service = now_shelf.service(after.service) if after.service else None
    if service is None:
        return replace(after, service=None, staff=None, start=None, day=None, seats=None)
    if after.staff != ANY and after.staff not in now_shelf.staff_of(service.key):
        after = replace(after, staff=None, start=None)
    if after.seats is not None and after.seats > service.max_seats:
        after = replace(after, seats=None)
    changed = (before.service, before.staff) != (after.service, after.staff)
    if changed and after.start is not None and not await _is_free(env, after):
        after = replace(after, start=None, day=None)
    return after


async def _is_free(env: Environment, choices: Choices) -> bool:
    if choices.service is None or choices.start is None:
        return False
    places = await availability.at(
        env,
        service_key=choices.service,
        staff_key=None if choices.staff == ANY else choices.staff,
        start=datetime.fromtimestamp(choices.start, UTC),
        seats=choices.seats or 1,
    )
    return bool(places)
