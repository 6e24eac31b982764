"""Control routes of the shop's side at Stripe: what its Dashboard can do, and what goes wrong."""

from collections.abc import Sequence

from sandbox.control_input import Input, WrongInputError
from sandbox.stripe import Fault, StripeSandbox
from sandbox.stripe.disputes import REASONS

PLANS = {"drop": "drop", "delay": "slow:10", "twice": "twice", "reverse": "reverse", "lost": "lost"}
USUAL = "usual"


def planned(faults: Sequence[Fault]) -> list[str]:
    """Name what is planned for the coming deliveries, oldest first."""
    names = {kind: plan for plan, kind in PLANS.items()}
    return [names.get(one.kind, one.kind) for one in faults if one.match.startswith("WEBHOOK")]


class ShopControl:
    """Act as the shop in its Stripe Dashboard."""

    def __init__(self, stripe: StripeSandbox) -> None:
        self._stripe = stripe

    async def pay(self, given: Input) -> object:
        """Pay a session as its buyer."""
        return await self._stripe.pay(given.text("session_id"), given.text("card"))

    async def pay_late(self, given: Input) -> object:
        """Pay an expired session after all."""
        return await self._stripe.pay_late(given.text("session_id"), given.text("card"))

    async def pay_again(self, given: Input) -> object:
        """Pay what a session was paid for a second time."""
        return await self._stripe.pay_again(given.text("session_id"), given.text("card"))

    async def deliver(self, given: Input) -> object:
        """Send an event again."""
        times, delay = given.integer("times", 1), given.number("delay", 0.0, minimum=0.0)
        sent = await self._stripe.deliver(given.text("event_id"), times=times, delay=delay)
        return {"deliveries": sent}

    async def expire(self, given: Input) -> object:
        """Close an open session."""
        session = self._stripe.expire(given.text("session_id"))
        return {"id": session["id"], "status": session["status"]}

    async def refund(self, given: Input) -> object:
        """Give back a charge or a part of it."""
        amount = given.integer("amount")
        if "amount" in given.values and amount <= 0:
            raise WrongInputError('"amount" must be positive, in minor units')
        refund = self._stripe.refund(given.text("charge"), amount)
        return {"id": refund["id"], "status": refund["status"]}

    async def dispute(self, given: Input) -> object:
        """Dispute a charge as its buyer's bank does, or only ask about it."""
        reason = given.text("reason") if "reason" in given.values else "fraudulent"
        if reason not in REASONS:
            raise WrongInputError(f'"reason" must be one of {", ".join(REASONS)}')
        inquiry = given.flag("inquiry", default=False)
        dispute = self._stripe.dispute(given.text("charge"), reason=reason, inquiry=inquiry)
        return {"id": dispute["id"], "status": dispute["status"]}

    async def move_dispute(self, given: Input) -> object:
        """Go on with a dispute, as shop or bank."""
        dispute = self._stripe.move_dispute(given.text("dispute"), given.text("act"))
        return {"id": dispute["id"], "status": dispute["status"]}

    async def finish(self, given: Input) -> object:
        """End a delayed payment."""
        succeeds = given.flag("succeeds", default=True)
        session = self._stripe.finish(given.text("session_id"), succeeds=succeeds)
        return {"id": session["id"], "payment_status": session["payment_status"]}

    async def balance(self, given: Input) -> object:
        """Say what refunds may draw on; without an amount all that they need."""
        currency = given.text("currency").lower()
        available = given.integer("available") if "available" in given.values else None
        self._stripe.set_balance(currency, available)
        return {"currency": currency, "available": available}

    async def webhooks(self, given: Input) -> object:
        """Plan what happens to the coming deliveries of events."""
        wanted = given.text("next")
        faults = self._stripe.faults
        if wanted == USUAL:
            faults[:] = [one for one in faults if not one.match.startswith("WEBHOOK")]
        elif wanted in PLANS:
            faults.append(Fault("WEBHOOK", PLANS[wanted]))
        else:
            known = ", ".join([*PLANS, USUAL])
            raise WrongInputError(f'"next" must be one of {known}')
        return {"next": planned(faults)}
