"""The table of methods: what each is called, which parameters it knows, who does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.telegram import answering, editing, profile, receiving, sending
from sandbox.telegram.errors import bad_request
from sandbox.telegram.fields import words
from sandbox.telegram.params import Params
from sandbox.telegram.server import Server

Work: TypeAlias = Callable[[Server, Params], object]

SEND = (
    "business_connection_id chat_id message_thread_id disable_notification protect_content "
    "allow_paid_broadcast message_effect_id reply_parameters reply_markup "
)
CAPTION = "caption parse_mode caption_entities "
EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup "
SCOPE = "scope language_code "


@dataclass(frozen=True)
class Method:
    """One method of the Bot API; `limited` ones count against the flood limits."""

    name: str
    work: Work
    known: frozenset[str]
    limited: bool = False

    def check_names(self, params: Params) -> None:
        """Refuse parameters the method does not have (Telegram would ignore them)."""
        for name in params.texts:
            if name not in self.known:
                raise bad_request(f'strict sandbox: unknown parameter "{name}" of {self.name}')
        attached = {text for text in params.texts.values() if text.startswith("attach://")}
        for name in params.files:
            if name not in self.known and f"attach://{name}" not in attached:
                raise bad_request(f'strict sandbox: unused file "{name}" of {self.name}')


def _table(
    *rows: tuple[str, Work, str], limited: frozenset[str] = frozenset()
) -> dict[str, Method]:
    made = [Method(name, work, words(known), name in limited) for name, work, known in rows]
    return {method.name.lower(): method for method in made}


METHODS = _table(
    ("getMe", profile.get_me, ""),
    (
        "sendMessage",
        sending.send_message,
        SEND + "text parse_mode entities link_preview_options",
    ),
    (
        "sendDocument",
        sending.send_document,
        SEND + CAPTION + "document thumbnail disable_content_type_detection",
    ),
    (
        "sendPhoto",
        sending.send_photo,
        SEND + CAPTION + "photo show_caption_above_media has_spoiler",
    ),
    (
        "sendVenue",
        sending.send_venue,
        SEND + "latitude longitude title address foursquare_id foursquare_type google_place_id "
        "google_place_type",
    ),
    (
        "sendChatAction",
        sending.send_chat_action,
        "business_connection_id chat_id message_thread_id action",
    ),
    (
        "editMessageText",
        editing.edit_text,
        EDIT + "text parse_mode entities link_preview_options",
    ),
    (
        "editMessageCaption",
        editing.edit_caption,
        EDIT + CAPTION + "show_caption_above_media",
    ),
    ("editMessageReplyMarkup", editing.edit_markup, EDIT),
    ("deleteMessage", editing.delete_message, "chat_id message_id"),
    ("deleteMessages", editing.delete_messages, "chat_id message_ids"),
    (
        "pinChatMessage",
        editing.pin_message,
        "business_connection_id chat_id message_id disable_notification",
    ),
    ("unpinChatMessage", editing.unpin_message, "business_connection_id chat_id message_id"),
    (
        "answerCallbackQuery",
        answering.answer_callback_query,
        "callback_query_id text show_alert url cache_time",
    ),
    ("setMyCommands", profile.set_my_commands, SCOPE + "commands"),
    ("getMyCommands", profile.get_my_commands, SCOPE),
    ("deleteMyCommands", profile.delete_my_commands, SCOPE),
    ("setMyName", profile.set_my_name, "name language_code"),
    ("getMyName", profile.get_my_name, "language_code"),
    ("setMyDescription", profile.set_my_description, "description language_code"),
    ("getMyDescription", profile.get_my_description, "language_code"),
    (
        "setMyShortDescription",
        profile.set_my_short_description,
        "short_description language_code",
    ),
    ("getMyShortDescription", profile.get_my_short_description, "language_code"),
    ("setChatMenuButton", profile.set_chat_menu_button, "chat_id menu_button"),
    ("getChatMenuButton", profile.get_chat_menu_button, "chat_id"),
    ("getChat", profile.get_chat, "chat_id"),
    ("getFile", profile.get_file, "file_id"),
    ("deleteWebhook", receiving.delete_webhook, "drop_pending_updates"),
    ("getWebhookInfo", receiving.get_webhook_info, ""),
    limited=words(
        "sendMessage sendDocument sendPhoto sendVenue editMessageText editMessageCaption "
        "editMessageReplyMarkup"
    ),
)
GET_UPDATES = words("offset limit timeout allowed_updates")
SET_WEBHOOK = words(
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token"
)
