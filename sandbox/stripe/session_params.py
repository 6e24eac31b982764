"""The parameters of Checkout sessions (API 2026-10-28.endive)."""

from sandbox.stripe.schema import (
    Choice,
    Email,
    Flag,
    Int,
    Loose,
    Many,
    Metadata,
    Record,
    Spec,
    Text,
    Url,
)
from sandbox.stripe.words import words

UI_MODES = ("elements", "embedded_page", "form", "hosted_page")
LOCALES = words(
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja "
    "ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)
EXPAND = Many(Text(500), 100)
_SWITCH = Record({"enabled": Flag()}, ("enabled",))
_MESSAGE = Record({"message": Text(1200)}, ("message",))
_AMOUNT = Int(0, 999_999_999_999)

_PRODUCT_DATA = Record(
    {
        "name": Text(5000),
        "description": Text(40000),
        "images": Many(Url(), 8),
        "metadata": Metadata(),
        "tax_code": Text(),
        "tax_details": Loose(),
        "unit_label": Text(12),
    },
    ("name",),
)
_PRICE_DATA = Record(
    {
        "currency": Text(),
        "product": Text(),
        "product_data": _PRODUCT_DATA,
        "recurring": Loose(),
        "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
        "unit_amount": _AMOUNT,
        "unit_amount_decimal": Text(),
    },
    ("currency",),
)
_ADJUSTABLE = Record(
    {"enabled": Flag(), "minimum": Int(0), "maximum": Int(1, 999_999)}, ("enabled",)
)
_ITEM: dict[str, Spec] = {
    "adjustable_quantity": _ADJUSTABLE,
    "metadata": Metadata(),
    "price": Text(),
    "price_data": _PRICE_DATA,
    "quantity": Int(0, 999_999),
    "tax_rates": Loose(),
}
_CONSENT = Record(
    {
        "payment_method_reuse_agreement": Record(
            {"position": Choice(("auto", "hidden"))}, ("position",)
        ),
        "promotions": Choice(("auto", "none")),
        "terms_of_service": Choice(("none", "required")),
    }
)
_CUSTOM_FIELD = Record(
    {
        "key": Text(200),
        "label": Record({"custom": Text(100), "type": Choice(("custom",))}, ("custom", "type")),
        "type": Choice(("dropdown", "numeric", "text")),
        "optional": Flag(),
        "dropdown": Record(
            {
                "default_value": Text(100),
                "options": Many(
                    Record({"label": Text(100), "value": Text(100)}, ("label", "value")), 200
                ),
            },
            ("options",),
        ),
        "numeric": Loose(),
        "text": Loose(),
    },
    ("key", "label", "type"),
)
_CUSTOM_TEXT = Record(
    dict.fromkeys(
        ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"), _MESSAGE
    )
)
_INTENT_DATA = Record(
    {
        "application_fee_amount": _AMOUNT,
        "capture_method": Choice(("automatic", "automatic_async", "manual")),
        "description": Text(1000),
        "metadata": Metadata(),
        "on_behalf_of": Text(),
        "receipt_email": Email(),
        "setup_future_usage": Choice(("off_session", "on_session")),
        "shipping": Loose(),
        "statement_descriptor": Text(22),
        "statement_descriptor_suffix": Text(22),
        "transfer_data": Loose(),
        "transfer_group": Text(),
    }
)
_RECOVERY = Record({"allow_promotion_codes": Flag(), "enabled": Flag()}, ("enabled",))
_TYPES = words(
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit "
    "bacs_debit bancontact billie bizum blik boleto card cashapp crypto "
    "customer_balance eps fpx giropay grabpay ideal kakao_pay klarna konbini kr_card "
    "link mb_way mobilepay multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank "
    "payco paynow paypal paypay payto pix promptpay revolut_pay samsung_pay satispay "
    "scalapay sepa_debit sequra sofort sunbit swish twint upi us_bank_account "
    "wechat_pay zip"
)
_EXCLUDABLE = tuple(name for name in _TYPES if name != "link")
# documented, without effect in the sandbox
_PASSED = words(
    "branding_settings customer_update discounts invoice_creation managed_payments "
    "name_collection optional_items payment_method_data payment_method_options "
    "permissions saved_payment_method_options setup_intent_data "
    "shipping_address_collection subscription_data tax_id_collection wallet_options"
)
_TEXTS = words("customer customer_account integration_identifier payment_method_configuration")

CREATE = Record(
    {
        **dict.fromkeys(_PASSED, Loose()),
        **dict.fromkeys(_TEXTS, Text()),
        "adaptive_pricing": Record({"enabled": Flag()}),
        "after_expiration": Record({"recovery": _RECOVERY}),
        "allow_promotion_codes": Flag(),
        "allowed_payment_method_types": Many(Choice(_TYPES)),
        "automatic_tax": Record({"enabled": Flag(), "liability": Loose()}, ("enabled",)),
        "billing_address_collection": Choice(("auto", "required")),
        "cancel_url": Url(),
        "client_reference_id": Text(200),
        "consent_collection": _CONSENT,
        "currency": Text(),
        "custom_fields": Many(_CUSTOM_FIELD, 3),
        "custom_text": _CUSTOM_TEXT,
        "customer_creation": Choice(("always", "if_required")),
        "customer_email": Email(),
        "excluded_payment_method_types": Many(Choice(_EXCLUDABLE)),
        "expand": EXPAND,
        "expires_at": Int(0),
        "line_items": Many(Record(_ITEM), 100),
        "locale": Choice(LOCALES),
        "metadata": Metadata(),
        "mode": Choice(("payment", "setup", "subscription")),
        "origin_context": Choice(("mobile_app", "web")),
        "payment_intent_data": _INTENT_DATA,
        "payment_method_collection": Choice(("always", "if_required")),
        "phone_number_collection": _SWITCH,
        "redirect_on_completion": Choice(("always", "if_required", "never")),
        "return_url": Url(),
        "shipping_options": Many(Loose(), 5),
        "submit_type": Choice(("auto", "book", "donate", "pay", "subscribe")),
        "success_url": Url(),
        "ui_mode": Choice(UI_MODES),
    }
)
UPDATE = Record(
    {
        "collected_information": Loose(),
        "expand": EXPAND,
        "line_items": Many(Record({**_ITEM, "id": Text()}), 100),
        "metadata": Metadata(),
        "payment_intent_data": Record(
            {
                "description": Text(1000, unset=True),
                "metadata": Metadata(),
                "setup_future_usage": Choice(("", "off_session", "on_session")),
                "statement_descriptor": Text(22, unset=True),
                "statement_descriptor_suffix": Text(22, unset=True),
            }
        ),
        "shipping_options": Loose(),
    }
)
