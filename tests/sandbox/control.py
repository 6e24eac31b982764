"""The control routes of a sandbox, as a program calls them."""

SESSION = {
    "mode": "payment",
    "success_url": "https://shop.example/booking/success?session_id={CHECKOUT_SESSION_ID}",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "1000",
    "line_items[0][price_data][product_data][name]": "Haircut",
    "metadata[app]": "booking-bot",
}


class Control:
    def __init__(self, session, world):
        self.session, self.world = session, world

    async def post(self, path, status=200, **body):
        url = f"{self.world.base_url}/sandbox/{path}"
        async with self.session.post(url, json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def get(self, path, status=200):
        async with self.session.get(f"{self.world.base_url}/sandbox/{path}") as answer:
            assert answer.status == status
            return await answer.json()

    async def telegram(self, method, **params):
        url = f"{self.world.telegram_url}/bot{self.world.telegram.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            return await answer.json()

    async def checkout(self):
        key = {"Authorization": f"Bearer {self.world.stripe.secret_key}"}
        url = f"{self.world.stripe_url}/v1/checkout/sessions"
        async with self.session.post(url, data=SESSION, headers=key) as answer:
            body = await answer.json()
            assert answer.status == 200, body
            return body
