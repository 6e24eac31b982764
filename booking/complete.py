"""Complete: what was confirmed has taken place once its time is over."""

from booking.audit import record
from booking.errors import NotYet
from booking.ports import Environment
from db.jobs import Job
from db.models import Booking
from db.moves import move
from db.states import BookingState
from db.transactions import transactional


@transactional
async def complete(env: Environment, job: Job) -> None:
    """Move a confirmed booking whose end has passed; raise NotYet when it ends later by now."""
    booking = await Booking.get(id=job.payload["booking"])
    if booking.status != BookingState.CONFIRMED:
        return
    if booking.end > env.clock.now():
        raise NotYet(booking.end)
    confirmed = [BookingState.CONFIRMED]
    if await move(booking.id, BookingState.COMPLETED, sources=confirmed):
        await record(env, actor="system", action="complete", reference=booking.reference)
