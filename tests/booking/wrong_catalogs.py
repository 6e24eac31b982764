"""Wrong catalogues: what is changed in a right one, where the mistake is, and what is said."""

RIGHT = {
    "categories": [{"key": "hair", "name": "Hair"}],
    "staff": [
        {"key": "anna", "name": "Anna", "hours": {"mon": ["09:00-18:00"]}},
        {"key": "bela", "name": "Bela", "hours": {"sun": ["20:00-02:00"]}},
    ],
    "services": [
        {
            "key": "cut",
            "name": {"en": "Haircut", "bn": "চুল কাটা"},
            "category": "hair",
            "duration": 45,
            "price": "50.00",
            "staff": ["anna"],
        }
    ],
    "closures": [{"from": "2026-12-24T00:00:00", "to": "2026-12-27T00:00:00"}],
    "coupons": [{"code": "WELCOME10", "percent": 10}],
}

CATEGORY, STAFF, CUT = ("categories", 0), ("staff", 0), ("services", 0)
CLOSURE, COUPON = ("closures", 0), ("coupons", 0)
QUESTION = {"key": "q", "text": "Which?"}
GONE = object()


def steps(*pairs):
    return [{"hours": hours, "refund": refund} for hours, refund in pairs]


def hours(**days):
    return {"hours": days}


WRONG = [
    # keys
    (CUT, {"key": "Hair Cut"}, "services.Hair Cut.key", "is not a key: 1 to 40 of a-z"),
    (CUT, {"key": "x" * 41}, f"services.{'x' * 41}.key", "is not a key"),
    (CUT, {"key": ""}, "services #1.key", "'' is not a key"),
    (CUT, {"key": GONE}, "services #1.key", "is missing"),
    (CUT, {"key": 7}, "services #1.key", "must be a string, not 7"),
    (STAFF, {"key": "bela"}, "staff.bela.key", "is used by an earlier entry too"),
    (COUPON, {"code": "TEN OFF"}, "coupons.TEN OFF.code", "1 to 40 of letters, digits, - and _"),
    # unknown keys
    (CUT, {"pirce": "5.00"}, "services.cut.pirce", "is not a known key: is it 'price'?"),
    (CUT, {"zzz": 1}, "services.cut.zzz", "is not a known key"),
    (STAFF, {"room": 1}, "staff.anna.room", "is not a known key"),
    (CLOSURE, {"until": 1}, "closures #1.until", "is not a known key"),
    (CUT, {"questions": [QUESTION | {"knd": "text"}]}, "services.cut.questions #1.knd", "'kind'"),
    # texts
    (CUT, {"name": ""}, "services.cut.name", "must be words, not ''"),
    (CUT, {"name": {}}, "services.cut.name", "must be a string, or a table by language"),
    (CUT, {"name": ["Cut"]}, "services.cut.name", "must be a string, or a table by language"),
    (CUT, {"name": {"English": "Cut"}}, "services.cut.name", "'English' is not a language"),
    (CUT, {"name": {"en": " "}}, "services.cut.name", "en: must be words"),
    (CUT, {"name": {"": "a", "en": "b"}}, "services.cut.name", "'' is not a language"),
    (CUT, {"name": "x" * 2001}, "services.cut.name", "longer than 2000 characters"),
    (CUT, {"description": 5}, "services.cut.description", "must be a string, or a table"),
    # lengths and lines of texts
    (STAFF, {"name": "x" * 101}, "staff.anna.name", "is longer than 100 characters"),
    (CUT, {"name": {"en": "Cut", "bn": "x" * 101}}, "services.cut.name", "bn: is longer than 100"),
    (CATEGORY, {"name": "x" * 101}, "categories.hair.name", "is longer than 100 characters"),
    (CUT, {"description": "x" * 1001}, "services.cut.description", "longer than 1000 characters"),
    (
        CUT, {"questions": [QUESTION | {"text": "x" * 201}]}, "services.cut.questions #1.text",
        "is longer than 200 characters",
    ),
    (
        CUT, {"questions": [QUESTION | {"kind": "choice", "choices": ["a", "x" * 61]}]},
        "services.cut.questions #1.choices #2", "is longer than 60 characters",
    ),
    (CLOSURE, {"reason": "x" * 201}, "closures #1.reason", "is longer than 200 characters"),
    (STAFF, {"name": "Anna\nBela"}, "staff.anna.name", "must be one line"),
    (CUT, {"name": {"en": "Hair\u2028cut"}}, "services.cut.name", "en: must be one line"),
    (CUT, {"name": "Hair\tcut"}, "services.cut.name", "has a control character"),
    (CATEGORY, {"name": "Hair\x1b[1m"}, "categories.hair.name", "has a control character"),
    (CUT, {"name": "\u202ecut"}, "services.cut.name", "has a mark that turns the direction"),
    (CUT, {"description": "Wash\x07"}, "services.cut.description", "has a control character"),
    (CLOSURE, {"reason": "Fair\x7f"}, "closures #1.reason", "has a control character"),
    (
        CUT, {"questions": [QUESTION | {"kind": "choice", "choices": ["a\nb"]}]},
        "services.cut.questions #1.choices #1", "must be one line",
    ),
    # references
    (CUT, {"category": "nails"}, "services.cut.category", "'nails' is not in [[categories]]"),
    (CUT, {"staff": ["carl"]}, "services.cut.staff", "'carl' is not in [[staff]]"),
    (CUT, {"staff": []}, "services.cut.staff", "must name at least one"),
    (CUT, {"staff": "anna"}, "services.cut.staff", "must be a list"),
    (CUT, {"staff": ["anna", "anna"]}, "services.cut.staff", "'anna' is listed twice"),
    (CLOSURE, {"staff": ["carl"]}, "closures #1.staff", "'carl' is not in [[staff]]"),
    (COUPON, {"services": ["nails"]}, "coupons.WELCOME10.services", "not in [[services]]"),
    # durations
    (CUT, {"duration": 47}, "services.cut.duration", "47 is not a multiple of 5 minutes"),
    (CUT, {"duration": 0}, "services.cut.duration", "must be at least 5"),
    (CUT, {"duration": 1445}, "services.cut.duration", "must be at most 1440"),
    (CUT, {"duration": "45"}, "services.cut.duration", "a whole number, without quotes"),
    (CUT, {"duration": 45.0}, "services.cut.duration", "a whole number"),
    (CUT, {"duration": GONE}, "services.cut.duration", "is missing"),
    (CUT, {"buffer_before": 3}, "services.cut.buffer_before", "not a multiple of 5"),
    (CUT, {"buffer_after": -5}, "services.cut.buffer_after", "must be at least 0"),
    (CUT, {"slot_step": 7}, "services.cut.slot_step", "not a multiple of 5"),
    (CUT, {"slot_step": 0}, "services.cut.slot_step", "must be at least 5"),
    (CUT, {"min_notice": -1}, "services.cut.min_notice", "must be at least 0"),
    # hours and starts
    (STAFF, hours(mon=["09:00-12:02"]), "staff.anna.hours.mon #1", "not a multiple of 5"),
    (STAFF, hours(mon=["9-12"]), "staff.anna.hours.mon #1", "'9' is not a time of day"),
    (STAFF, hours(mon=["09:00"]), "staff.anna.hours.mon #1", "is not a range of hours"),
    (STAFF, hours(mon="09:00-12:00"), "staff.anna.hours.mon", "must be a list"),
    (STAFF, hours(monday=[]), "staff.anna.hours.monday", "'monday' is not one of 'mon'"),
    (STAFF, hours(mon=["09:00-09:00"]), "staff.anna.hours.mon #1", "opens and closes at once"),
    (
        STAFF, hours(mon=["09:00-12:00", "11:00-13:00"]), "staff.anna.hours",
        "mon 09:00-12:00 overlaps mon 11:00-13:00",
    ),
    (
        STAFF, hours(mon=["22:00-02:00"], tue=["01:00-03:00"]), "staff.anna.hours",
        "mon 22:00-02:00 overlaps tue 01:00-03:00",
    ),
    (
        STAFF, hours(sun=["22:00-02:00"], mon=["01:30-03:00"]), "staff.anna.hours",
        "sun 22:00-02:00 overlaps mon 01:30-03:00",
    ),
    (STAFF, {"units": 0}, "staff.anna.units", "must be at least 1"),
    (CUT, {"starts": ["6pm"]}, "services.cut.starts #1", "'6pm' is not a time of day"),
    (CUT, {"starts": ["18:01"]}, "services.cut.starts #1", "not a multiple of 5"),
    (CUT, {"starts": ["24:00"]}, "services.cut.starts #1", 'write "00:00"'),
    (CUT, {"starts": ["18:00", "18:00"]}, "services.cut.starts", "listed twice"),
    # seats
    (CUT, {"max_seats": 2}, "services.cut.max_seats", "2 is more than the capacity, 1"),
    (CUT, {"capacity": 0}, "services.cut.capacity", "must be at least 1"),
    (CUT, {"max_seats": True}, "services.cut.max_seats", "a whole number"),
    # money
    (CUT, {"price": 50}, "services.cut.price", 'must be a string such as "50.00", not 50'),
    (CUT, {"price": "50.0"}, "services.cut.price", "has 1 decimals, EUR has 2"),
    (CUT, {"price": "50.000"}, "services.cut.price", "has 3 decimals, EUR has 2"),
    (CUT, {"price": "-1.00"}, "services.cut.price", "is not an amount"),
    (CUT, {"price": "free"}, "services.cut.price", "'free' is not an amount"),
    (CUT, {"price": "€50"}, "services.cut.price", "is not an amount"),
    (CUT, {"price": GONE}, "services.cut.price", "is missing"),
    (CUT, {"deposit": "60.00"}, "services.cut.deposit", "60.00 is more than the price, 50.00"),
    (CUT, {"deposit": "120%"}, "services.cut.deposit", "'120%' is not a per cent"),
    (CUT, {"deposit": "12.5%"}, "services.cut.deposit", 'write "30%"'),
    (CUT, {"deposit": "ten"}, "services.cut.deposit", "'ten' is not an amount"),
    (CUT, {"deposit": 10}, "services.cut.deposit", "must be a string"),
    (
        CUT, {"price": "1000000.00"}, "services.cut.price",
        "asks 1000000.00 EUR online; Stripe charges at most 999999.99",
    ),
    (
        CUT, {"price": "400000.00", "capacity": 3, "max_seats": 3}, "services.cut.price",
        "asks 1200000.00 EUR online for 3 seats",
    ),
    (
        CUT, {"price": "3000000.00", "deposit": "50%"}, "services.cut.deposit",
        "asks 1500000.00 EUR online",
    ),
    # cancellation
    (
        CUT, {"cancellation": steps((2, 50), (24, 100))}, "services.cut.cancellation #2",
        "write the longest notice first",
    ),
    (
        CUT, {"cancellation": steps((24, 100), (24, 50))}, "services.cut.cancellation #2",
        "hours = 24 is listed twice",
    ),
    (
        CUT, {"cancellation": steps((24, 50), (2, 100))}, "services.cut.cancellation #2",
        "refund rises to 100",
    ),
    (
        CUT, {"cancellation": steps((24, 101))}, "services.cut.cancellation #1.refund",
        "must be at most 100",
    ),
    (
        CUT, {"cancellation": steps((-1, 50))}, "services.cut.cancellation #1.hours",
        "must be at least 0",
    ),
    # questions
    (
        CUT, {"questions": [QUESTION | {"kind": "choice"}]}, "services.cut.questions #1.choices",
        "a choice needs choices",
    ),
    (
        CUT, {"questions": [QUESTION | {"choices": ["a"]}]}, "services.cut.questions #1.choices",
        'goes with kind = "choice"',
    ),
    (
        CUT, {"questions": [QUESTION | {"kind": "choice", "choices": ["a", "a"]}]},
        "services.cut.questions #1.choices", "'a' is listed twice",
    ),
    (CUT, {"questions": [QUESTION, QUESTION]}, "services.cut.questions #2.key", "'q' is used by"),
    (
        CUT, {"questions": [QUESTION | {"kind": "colour"}]}, "services.cut.questions #1.kind",
        "'colour' is not one of 'text'",
    ),
    (CUT, {"questions": [{"key": "q"}]}, "services.cut.questions #1.text", "is missing"),
    # the rest of a service
    (CUT, {"kind": "digital"}, "services.cut.kind", "may not be sold by card inside Telegram"),
    (CUT, {"kind": "gift"}, "services.cut.kind", "'gift' is not one of"),
    (CUT, {"active": "yes"}, "services.cut.active", "must be true or false"),
    (CUT, {"photo": "/etc/passwd"}, "services.cut.photo", "not a path below"),
    (CUT, {"photo": "../a.jpg"}, "services.cut.photo", "not a path below"),
    # closures
    (CLOSURE, {"to": "2026-12-24T00:00:00"}, "closures #1.to", "is not after from"),
    (CLOSURE, {"to": "2026-12-20T00:00:00"}, "closures #1.to", "is not after from"),
    (CLOSURE, {"from": "2026-12-24T00:03:00"}, "closures #1.from", "not a multiple of 5"),
    (CLOSURE, {"from": "2026-12-24T00:00:00Z"}, "closures #1.from", "in the shop's zone"),
    (CLOSURE, {"from": "2026-12-24"}, "closures #1.from", "must be a local date-time such as"),
    (CLOSURE, {"from": GONE}, "closures #1.from", "is missing"),
    # coupons
    (COUPON, {"amount": "5.00"}, "coupons.WELCOME10.percent", "either percent or amount"),
    (COUPON, {"percent": GONE}, "coupons.WELCOME10.percent", "either percent or amount"),
    (COUPON, {"percent": 0}, "coupons.WELCOME10.percent", "must be at least 1"),
    (COUPON, {"percent": 101}, "coupons.WELCOME10.percent", "must be at most 100"),
    (
        COUPON, {"percent": GONE, "amount": "0.00"}, "coupons.WELCOME10.amount",
        "takes nothing off",
    ),
    (
        COUPON, {"percent": GONE, "amount": "5.5"}, "coupons.WELCOME10.amount",
        "has 1 decimals",
    ),
    (
        COUPON, {"from": "2027-01-01", "until": "2026-01-01"}, "coupons.WELCOME10.until",
        "2026-01-01 is before from, 2027-01-01",
    ),
    (
        COUPON, {"from": "2027-01-01T00:00:00"}, "coupons.WELCOME10.from",
        "must be a date such as",
    ),
    (COUPON, {"max_uses": 0}, "coupons.WELCOME10.max_uses", "must be at least 1"),
]  # fmt: skip
