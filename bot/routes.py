"""Which address is answered by what."""

from aiohttp import web

from booking.apart import Apart
from bot import web as server
from bot.config import Settings
from bot.health import Readiness
from bot.hook import HOOK_PATH, Hook
from bot.lookout import Lookout
from bot.proxies import networks
from bot.stripe_intake import StripeIntake
from handlers import pages, photos
from handlers.door import Door


def web_application(
    settings: Settings, *, door: Door, ready: Readiness, lookout: Lookout, apart: Apart
) -> web.Application:
    """Return the web application with every route."""
    app = server.application(https=settings.web.is_https)
    secrets = [secret.get_secret_value() for secret in settings.stripe.webhook_secrets]
    proxies = networks(settings.web.trusted_proxies)
    env = door.env
    count = lookout.metrics
    intake = StripeIntake(
        secrets=secrets,
        shop=env.shop,
        clock=env.clock,
        proxies=proxies,
        count=count.event,
        apart=apart,
    )
    secret = settings.telegram.webhook_secret.get_secret_value()
    hook = Hook(secret, proxies, env.clock, count.update, apart)
    app.router.add_post("/webhooks/stripe", intake.receive)
    app.router.add_post("/api/webhooks/stripe", intake.receive)
    app.router.add_post(HOOK_PATH, hook.receive)
    app.router.add_get("/readyz", ready.answer)
    app.router.add_get("/metrics", lookout.scrape(ready, apart).answer)
    app.router.add_get("/photos/{service:[a-z0-9-]{1,40}}", photos.photo)
    pages.add_to(app, door, apart)
    return app
