"""Rows of a small shop, and a Stripe that says what the test wants it to say."""

from datetime import timedelta

from booking.errors import Unavailable
from booking.ports import CheckoutSession, Environment
from db.models import Booking, Customer
from db.money_models import Attempt
from db.shop_models import Service, Staff
from db.states import AttemptState, BookingState
from handlers.checkout import CheckoutWording
from handlers.door import Door
from handlers.tokens import Tokens
from tests.handlers.conftest import NOW, START, make_shop

REFERENCE, SESSION = "BK-7KD2QX", "cs_test_1"
TOKENS = Tokens(b"k" * 32)


class StandingClock:
    at = NOW

    def now(self):
        return self.at


class NoDice:
    def reference(self):
        return REFERENCE

    def key(self):
        return "0" * 32


class StripeSays:
    """The port of Stripe, answering with one session, or not at all."""

    def __init__(self, **session):
        self.session = session
        self.asked = []

    async def create(self, params, *, idempotency_key):
        raise Unavailable

    async def expire(self, session_id):
        raise Unavailable

    async def retrieve(self, session_id):
        self.asked.append(session_id)
        if not self.session:
            raise Unavailable
        return CheckoutSession(
            **{
                "id": session_id,
                "amount_total": 1000,
                "currency": "EUR",
                "livemode": False,
                "mode": "payment",
                "expires_at": NOW + timedelta(minutes=30),
                "client_reference_id": REFERENCE,
                "metadata": {"app": "booking-bot", "shop": "shop-1", "booking": REFERENCE},
                "payment_intent": "pi_1",
                "receipt_url": "https://pay.stripe.example/receipt",
                **self.session,
            }
        )


def make_door(payments=None, **shop) -> Door:
    made = make_shop(**shop)
    env = Environment(
        shop=made,
        clock=StandingClock(),
        payments=payments or StripeSays(),
        randomness=NoDice(),
        wording=CheckoutWording(made, TOKENS),
    )
    return Door(env=env, tokens=TOKENS, answer=lambda *_: None, bot_username=lambda: "annabot")


async def a_customer(**values) -> Customer:
    return await Customer.create(
        **{
            "telegram_id": 71,
            "language": "en",
            "name": "Zoë Private",
            "phone": "+4930123456",
            "created_at": NOW,
            **values,
        }
    )


async def a_booking(customer: Customer, *, attempt=AttemptState.OPEN, **values) -> Booking:
    service, _ = await Service.get_or_create({"position": 1, "spec": {}}, key="haircut")
    staff, _ = await Staff.get_or_create({"position": 1, "spec": {}}, key="chair-1")
    booking = await Booking.create(
        **{
            "reference": REFERENCE,
            "customer_id": customer.id,
            "service_id": service.id,
            "staff_id": staff.id,
            "status": BookingState.AWAITING_PAYMENT,
            "start": START,
            "end": START + timedelta(minutes=45),
            "seats": 1,
            "price_minor": 5000,
            "discount_minor": 0,
            "due_minor": 1000,
            "onsite_minor": 4000,
            "currency": "EUR",
            "snapshot": {
                "service": {"en": "Haircut", "bn": "চুল কাটা"},
                "staff": {"": "Chair 1"},
                "kind": "in_person",
            },
            "details": {"name": "Zoë Private", "phone": "+4930123456", "answers": {"n": "secret"}},
            "held_until": NOW + timedelta(minutes=30),
            "created_at": NOW,
            **values,
        }
    )
    await Attempt.create(
        booking_id=booking.id,
        number=1,
        idempotency_key="1" * 32,
        params={},
        state=attempt,
        amount_minor=1000,
        currency="EUR",
        expires_at=NOW + timedelta(minutes=32),
        session_id=SESSION,
        url="https://checkout.stripe.example/c/1",
        created_at=NOW,
    )
    return booking
