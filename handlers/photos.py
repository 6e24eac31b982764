"""Pictures of services, served from the folder of the imported catalogue for link previews."""

from pathlib import Path

from aiohttp import web

from booking.catalog_photos import below
from booking.catalog_store import shelf
from db import installation
from handlers.pages import APART, LONGEST_SECONDS


async def photo(request: web.Request) -> web.StreamResponse:
    """Serve a service's picture; 404 when it has none or its file is not on this machine."""
    asked = _file_of(request.match_info["service"])
    try:
        file = await request.app[APART].within(LONGEST_SECONDS, asked, name="photo")
    except TimeoutError as error:
        raise web.HTTPServiceUnavailable from error
    if file is None:
        raise web.HTTPNotFound
    return web.FileResponse(file, headers={"Cache-Control": "max-age=3600"})


async def _file_of(key: str) -> Path | None:
    service = (await shelf()).service(key)
    folder = await installation.get(installation.CATALOG_FOLDER)
    if service is None or service.photo is None or folder is None:
        return None
    return below(Path(folder), service.photo)
