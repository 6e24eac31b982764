"""The shop as the domain sees it, from what the operator configured."""

from booking.ports import Shop
from bot.config import Settings


def shop_of(settings: Settings, *, shop_id: str) -> Shop:
    """Return the shop; `shop_id` is the installation's own."""
    shop, booking = settings.shop, settings.booking
    return Shop(
        id=shop_id,
        name=shop.name,
        timezone=shop.zone,
        currency=shop.currency,
        languages=shop.languages,
        support=shop.support,
        address=shop.address,
        terms_url=shop.terms_url,
        privacy_url=shop.privacy_url,
        tax_text=shop.tax_text,
        tips=shop.tips,
        public_url=settings.web.public_url,
        livemode=settings.stripe.livemode,
        admins=frozenset(settings.telegram.admins),
        admin_chat=settings.telegram.admin_chat,
        terms_consent=settings.stripe.terms_consent,
        hold_minutes=booking.hold_minutes,
        late_offer_minutes=booking.late_offer_minutes,
        reminders_open_minutes=booking.reminders_open_minutes,
        reminders_before_hours=booking.reminders_before_hours,
        slot_step_minutes=booking.slot_step_minutes,
        min_notice_minutes=booking.min_notice_minutes,
        max_days_ahead=booking.max_days_ahead,
        retention_days=settings.privacy.retention_days,
        max_open_bookings_per_customer=booking.max_open_bookings_per_customer,
    )
