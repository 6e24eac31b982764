"""Stripe's currencies: exponents, smallest and largest charges."""

from sandbox.stripe.words import words

SUPPORTED = frozenset(
    words(
        "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob "
        "brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb "
        "eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod "
        "jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt "
        "mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln "
        "pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd "
        "top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"
    )
)
ZERO_DECIMAL = frozenset(words("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"))
THREE_DECIMAL = frozenset(words("bhd jod kwd omr tnd"))
WHOLE_UNITS = frozenset({"isk", "ugx"})  # sent with two decimals that must be 00
_LEAST = {
    "usd": 50, "eur": 50, "aud": 50, "cad": 50, "nzd": 50, "sgd": 50, "chf": 50, "brl": 50,
    "inr": 50, "gbp": 30, "jpy": 50, "hkd": 400, "mxn": 1000, "dkk": 250, "nok": 300, "sek": 300,
    "pln": 200, "aed": 200, "myr": 200, "ron": 200, "bgn": 100, "czk": 1500, "huf": 17500,
    "thb": 1000,
}  # fmt: skip
_HALF = (50, 0, 50, 500)  # by exponent; no table row: about half a dollar's worth of units
_MOST, _MOST_IDR = 99_999_999, 999_999_999_999


def exponent(currency: str) -> int:
    """Return how many decimals an amount in ``currency`` is sent with."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def granularity(currency: str) -> int:
    """Return what minor amounts must be a multiple of."""
    if currency in WHOLE_UNITS:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def least(currency: str) -> int:
    """Return the smallest charge; half a major unit where Stripe's table has no row."""
    return _LEAST.get(currency, _HALF[exponent(currency)])


def most(currency: str) -> int:
    """Return the largest charge."""
    return _MOST_IDR if currency == "idr" else _MOST


def written(amount: int, currency: str) -> str:
    """Write an amount as Stripe's messages do: ``$12.50``, ``€12.50``, ``¥500``, ``12.500 kwd``."""
    places = exponent(currency)
    number = f"{amount / 10**places:,.{places}f}"
    sign = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"
