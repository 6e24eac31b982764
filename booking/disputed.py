"""Which payments are disputed: their money is not ours to give back as well."""

from collections.abc import Iterable, Mapping

from db.money_models import Dispute
from db.states import DisputeState


async def blocking(attempt_ids: Iterable[int]) -> Mapping[int, Dispute]:
    """Return, of each attempt that must not be refunded, the dispute that forbids it."""
    ids = list(attempt_ids)
    found = await Dispute.filter(attempt_id__in=ids).order_by("id") if ids else []
    return {one.attempt_id: one for one in found if DisputeState(one.state).blocks_refunds}
