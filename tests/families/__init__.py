"""The test families of docs/operations.md: what each shows, what ran, and with what result."""

from typing import Final

FAMILIES: Final = {
    "R1": "kill -9 at every named point of a booking loses nothing and does nothing twice",
    "R2": "kill -9 at random moments under load loses no update, event, payment or message",
    "R3": "random people, faults and time keep every law, seed by seed",
    "R4": "a state machine of taps, webhooks, admin commands and faults breaks no law",
    "R5": "Stripe's events end in the same state in whatever order and number they come",
    "R6": "one event delivered many times at once is one confirmation, one payment, one receipt",
    "R7": "a crowd that wants one slot gets exactly as many places as there are",
    "R8": "money paid around the end of a hold confirms or goes back in full, and never both",
    "R9": "whatever Stripe answers to a call, nothing is asked for twice and work goes on",
    "R10": "refunds that race never exceed what was paid, and agree with Stripe",
    "R11": "whatever Telegram answers to a message, it is repeated once at most; the pace is kept",
    "R12": "kill -9 loses no update that Telegram handed over",
    "R13": "a full, broken or read-only disk is never acknowledged as stored",
    "R14": "a database that is locked, restarted or killed loses nothing",
    "R15": "a stepping clock, summer time and leap days move no reminder and no hold",
    "R16": "forged, malformed and hostile requests change nothing and break nothing",
    "R17": "what was signed once has no second effect, nor any for another order",
    "R18": "money that does not fit its booking confirms nothing and is shown to the admins",
    "R19": "visitors who say nothing, or too little, shut nobody else out",
    "R20": "a flood by one hurts nobody else, and what one may hold is capped",
    "R21": "nobody sees or does what is another's or an admin's, nor learns whether it is there",
    "R22": "whatever somebody writes is shown as written, everywhere, and means nothing",
    "R23": "no secret is in a log, an error, a page, an export or a metric",
    "R24": "updates of any shape neither crash the bot nor hold up a chat",
    "R25": "a forgotten customer is nowhere, the books stay right, and later events do no harm",
    "R26": "a database of an earlier release is migrated whole, killed at any statement or not",
    "R27": "a shop restored from a backup catches up with Stripe and repeats no message",
    "R28": "hours of load with faults leave memory, files and tasks as they were",
    "R29": "a guard taken out of the code is missed by a test",
}
"""What each family shows; CI fails when one of them has no passed test."""
