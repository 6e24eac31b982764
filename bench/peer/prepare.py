"""Make the tables and write the held bookings down: `python -m bench.peer.prepare HELD`.

HELD is a JSON list of reference, session and amount. The endpoint's address and secret are as
bench/dj_stripe.py has them.
"""

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from djstripe.models import Account, WebhookEndpoint  # noqa: E402 -- after setup

from bench.peer.models import Booking  # noqa: E402 -- after setup


def main(file: Path) -> None:
    """Prepare a database."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    account = Account.get_or_retrieve_for_api_key("sk_test_benchbenchbenchbenchbench")
    WebhookEndpoint.objects.create(
        id="we_bench",
        djstripe_owner_account=account,
        livemode=False,
        secret=os.environ["PEER_SECRET"],
        enabled_events=["*"],
        status="enabled",
        url="http://127.0.0.1/",
        djstripe_uuid=os.environ["PEER_ENDPOINT"],
    )
    held = json.loads(file.read_text())
    Booking.objects.bulk_create(
        Booking(reference=reference, session_id=session, amount_minor=amount)
        for reference, session, amount in held
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
