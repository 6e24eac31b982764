"""Make the tables and write the held bookings down: `python -m bench.peer.prepare HELD`.

HELD is a JSON list of reference, session and amount.
"""

import json
import os
import sys
from pathlib import Path

import django


def main(file: Path) -> None:
    """Prepare a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from djstripe.models import Account, WebhookEndpoint

    from bench.peer.models import Booking

    call_command("migrate", run_syncdb=True, verbosity=0)
    # with its account known, dj-stripe does not ask for it at every event
    account = Account.get_or_retrieve_for_api_key(settings.STRIPE_TEST_SECRET_KEY)
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
