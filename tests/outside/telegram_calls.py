"""Every call we make of the Bot API: what leads to it, and how it must end after each fault."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.outside.stage import ADA, ADMIN, Stage
from tests.outside.telegram_faults import Kind

Act = Callable[[Stage], Awaitable[None]]
End = Callable[[Stage, Kind], Awaitable[None]]
PARTS = {"sendMessage": "text", "sendDocument": "document", "sendPhoto": "photo"}
RECEIPT = {"text": "Receipt: Studio Nord"}
GIVEN_UP = "Something failed and was given up: please look"


@dataclass(frozen=True)
class Call:
    """One call of the Bot API and a way to it."""

    method: str
    before: Act
    act: Act
    ended: End
    to: str = ""
    """Whose chat it is about; "" when about none."""
    wide: bool = False
    """Whether answers that are lost for long are lost to every call: an outage, not a message."""

    @property
    def name(self) -> str:
        return self.method

    def match(self, kind: Kind, *, lasting: bool) -> str:
        if self.wide and kind.unknown and lasting:
            return "."
        if self.wide and kind.blocks:
            return f" {self.to}$"
        return f"^{self.method}$" if not self.to else f"^{self.method} {self.to}$"


# the receipt: must arrive


async def comes_to_pay(stage: Stage) -> None:
    await stage.comes_to_pay()


async def pays(stage: Stage) -> None:
    stage.pay(stage.sessions()[-1]["id"])


def parts(stage: Stage) -> dict[str, int]:
    """How often each part of the receipt lies in the chat."""
    said = stage.telegram.chat(ADA)
    return {
        "text": stage.count(RECEIPT["text"]),
        "document": sum(bool(message.get("document")) for message in said),
        "photo": sum(bool(message.get("photo")) for message in said),
    }


def receipt_of(method: str) -> End:
    part = PARTS[method]

    async def ended(stage: Stage, kind: Kind) -> None:
        assert await stage.booking() == ("confirmed", "")
        if kind.blocks:
            await waited_for_its_reader(stage, part)
        elif kind.never:
            await was_parked(stage, part)
        got = parts(stage)
        assert set(got) - {part} == {name for name, copies in got.items() if copies == 1} - {part}
        # a repeat where it is not known whether the first arrived, and one at most
        assert 1 <= got[part] <= 1 + kind.unknown, got
        lost = kind.unknown and stage.is_deaf
        assert 1 <= stage.count("New booking", ADMIN) <= 1 + lost

    return ended


async def waited_for_its_reader(stage: Stage, part: str) -> None:
    """Nothing more was sent after the first refusal; all of it comes when they are back."""
    assert stage.hits() == 1
    assert parts(stage)[part] == 0
    (customer,) = await stage.books.rows(
        f"SELECT blocked_at FROM customer WHERE telegram_id = {ADA}"
    )
    assert customer["blocked_at"] is not None
    assert sum(parts(stage).values()) == 0
    assert stage.count("A receipt waits", ADMIN) == 1
    await stage.says("/start")


async def was_parked(stage: Stage, part: str) -> None:
    """The admins are told, the rest arrives, and the button of `/jobs` sends it after all."""
    assert parts(stage)[part] == 0
    assert stage.count(GIVEN_UP, ADMIN) == 1
    await stage.says("/jobs", ADMIN)
    await stage.taps("^Retry 1 ", user=ADMIN)


# a screen that is edited


async def looks_at_the_menu(stage: Stage) -> None:
    await stage.says("/start svc_cut")


async def goes_on(stage: Stage) -> None:
    await stage.tap("^Chair")


async def screen_is_right(stage: Stage, kind: Kind) -> None:
    if kind.blocks or (kind.never and "not modified" not in kind.name):
        await stage.says("/start svc_cut")
        await stage.taps("^Chair")
    if "not modified" in kind.name:  # Telegram says that the chat shows it already
        return
    assert stage.can_tap(r"\b2\b")


async def writes(stage: Stage) -> None:
    await stage.telegram.say(ADA, "/bookings")


async def is_answered_anew(stage: Stage, kind: Kind) -> None:
    assert stage.count("You have no bookings yet") == 1


async def menu_went_on(stage: Stage, kind: Kind) -> None:
    assert stage.can_tap(r"\b2\b")
    assert stage.hits() in {0, 1}  # nobody waits for a spinner


async def nothing(stage: Stage) -> None:
    """There is nothing to be done before."""


async def asks(stage: Stage) -> None:
    await stage.telegram.say(ADA, "/help")


async def is_answered_once(stage: Stage, kind: Kind) -> None:
    said = [message for message in stage.telegram.chat(ADA) if message["from"] == "bot"]
    assert len(said) == 2  # the welcome, and the help


IN_THE_CHAT = (
    *(
        Call(method, comes_to_pay, pays, receipt_of(method), str(ADA), wide=True)
        for method in PARTS
    ),
    Call("editMessageText", looks_at_the_menu, goes_on, screen_is_right, str(ADA)),
    Call("editMessageReplyMarkup", looks_at_the_menu, writes, is_answered_anew, str(ADA)),
    Call("answerCallbackQuery", looks_at_the_menu, goes_on, menu_went_on),
    Call("getUpdates", nothing, asks, is_answered_once),
)
