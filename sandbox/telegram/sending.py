"""The methods that put something new into a chat."""

from sandbox.telegram import fields
from sandbox.telegram.entities import Text, read_caption, read_text
from sandbox.telegram.errors import bad_request
from sandbox.telegram.fields import FieldError, Json, no_others, words
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.messages import BOT, Message
from sandbox.telegram.params import Params, Upload
from sandbox.telegram.people import Group, Person
from sandbox.telegram.server import Server
from sandbox.telegram.urls import checked_link

MAX_TEXT = 4096
ACTION_SECONDS = 5
MAX_PHOTO = 10 * 1024 * 1024
EFFECTS = words(
    "5104841245755180586 5107584321108051014 5104858069142078462 5159385139981059251 "
    "5046509860389126442 5046589136895476101"
)
CHAT_ACTIONS = words(
    "typing upload_photo record_video upload_video record_voice upload_voice "
    "upload_document choose_sticker find_location record_video_note upload_video_note "
    "cancel"
)
PREVIEW = words("is_disabled url prefer_small_media prefer_large_media show_above_text")
REPLY = words("message_id allow_sending_without_reply quote quote_parse_mode")
IMAGE_STARTS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def read_preview(params: Params) -> Json | None:
    """Read `link_preview_options`."""
    value = params.json("link_preview_options", "link preview options")
    if value is None:
        return None
    try:
        preview = fields.as_object(value)
        for name in PREVIEW - {"url"}:
            fields.boolean(preview, name)
        url = fields.string(preview, "url")
    except FieldError as error:
        raise bad_request(str(error)) from None
    no_others(preview, PREVIEW, "link_preview_options")
    if url:
        try:
            checked_link(url)
        except FieldError:
            raise bad_request("WEBPAGE_URL_INVALID") from None
    return preview


def _effect(params: Params, chat: Person | Group) -> Json:
    effect = params.text("message_effect_id")
    if not effect:
        return {}
    if effect not in EFFECTS or isinstance(chat, Group):
        raise bad_request("EFFECT_ID_INVALID")
    return {"effect_id": effect}


def _reply_to(server: Server, params: Params, chat_id: int) -> int:
    value = params.json("reply_parameters", "reply parameters")
    if value is None:
        return 0
    try:
        reply = fields.as_object(value)
        message_id = fields.required_integer(reply, "message_id")
        optional = fields.boolean(reply, "allow_sending_without_reply")
    except FieldError as error:
        raise bad_request(str(error)) from None
    no_others(reply, REPLY, "reply_parameters")
    if server.message(chat_id, message_id) is not None:
        return message_id
    if optional:
        return 0
    raise bad_request("message to be replied not found")


def _prepare(server: Server, params: Params, kind: str) -> Message:
    """Read everything that all send methods share."""
    markup = read_markup(params)
    chat = server.chat_of(params, writing=True)
    if params.text("business_connection_id"):
        raise bad_request("business connection not found")
    if params.integer("message_thread_id"):
        raise bad_request("message thread not found")
    if params.flag("allow_paid_broadcast"):
        raise bad_request("FLOODSKIP_NOT_ALLOWED")
    message = server.new_message(chat.id, BOT, kind)
    message.markup = markup
    message.reply_to = _reply_to(server, params, chat.id)
    message.options = _effect(params, chat)
    for name in ("disable_notification", "protect_content"):
        if params.flag(name):
            message.options[name] = True
    return message


def check_length(text: Text) -> None:
    """Refuse texts that are empty or longer than 4096 code points."""
    if not text.plain:
        raise bad_request("text must be non-empty")
    if len(text.plain) > MAX_TEXT:
        raise bad_request("message is too long")


def send_message(server: Server, params: Params) -> object:
    """Send a text (sendMessage)."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    text = read_text(params, "text", "entities", server.clock())
    preview = read_preview(params)
    message = _prepare(server, params, "text")
    check_length(text)
    message.text = text
    if preview:
        message.options["link_preview_options"] = preview
    return server.post(message)


def _upload(server: Server, params: Params, name: str) -> tuple[Upload, Json | None]:
    """Find the file of a call: an upload, `attach://` to one, or the file_id of an older one."""
    raw = params.text(name)
    field = raw.removeprefix("attach://") if raw.startswith("attach://") else name
    if field in params.files and (not raw or raw.startswith("attach://")):
        upload = params.files[field]
        if not upload.data:
            raise bad_request("file must be non-empty")
        return upload, None
    if not raw or raw.startswith("attach://"):
        raise bad_request(f"there is no {name} in the request")
    stored = server.files.get(raw)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    known: Json = {"file_id": raw, "file_unique_id": f"AgAD{raw[-12:]}"}
    return stored.upload, {**known, "file_size": len(stored.upload.data)}


def send_document(server: Server, params: Params) -> object:
    """Send a document (sendDocument)."""
    upload, known = _upload(server, params, "document")
    caption = read_caption(params, server.clock())
    message = _prepare(server, params, "document")
    described = known or server.store(upload, "documents")
    message.content["document"] = {
        "file_name": upload.filename,
        "mime_type": upload.content_type,
        **described,
    }
    message.text, message.data = caption, upload.data
    return server.post(message)


def send_photo(server: Server, params: Params) -> object:
    """Send a picture (sendPhoto)."""
    upload, known = _upload(server, params, "photo")
    caption = read_caption(params, server.clock())
    message = _prepare(server, params, "photo")
    size = len(upload.data)
    if size > MAX_PHOTO:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO} bytes"
        )
    if not upload.data.startswith(IMAGE_STARTS):
        raise bad_request("IMAGE_PROCESS_FAILED")
    described = known or server.store(upload, "photos")
    message.content["photo"] = [{"width": 320, "height": 320, **described}]
    message.text, message.data = caption, upload.data
    return server.post(message)


def _coordinate(params: Params, name: str, limit: float) -> float:
    raw = params.text(name).strip()
    if not raw:
        raise bad_request(f"{name} is empty")
    try:
        value = float(raw)
    except ValueError:
        value = 0.0
    if abs(value) > limit:
        raise bad_request("wrong location specified")
    return value


def send_venue(server: Server, params: Params) -> object:
    """Send a place on the map (sendVenue)."""
    latitude = _coordinate(params, "latitude", 90)
    longitude = _coordinate(params, "longitude", 180)
    message = _prepare(server, params, "venue")
    for name in ("title", "address"):
        if not params.text(name):
            raise bad_request(f"strict sandbox: {name} of the venue is empty")
    place: Json = {"latitude": latitude, "longitude": longitude}
    message.content = {
        "location": place,
        "venue": {
            "location": place,
            "title": params.text("title"),
            "address": params.text("address"),
        },
    }
    return server.post(message)


def send_chat_action(server: Server, params: Params) -> object:
    """Show that the bot is typing or uploading (sendChatAction)."""
    if params.text("action").lower() not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    server.typing[server.chat_of(params, writing=True).id] = server.clock() + ACTION_SECONDS
    return True
