"""Lists: filters by time, cursors, and the list object."""

from collections.abc import Callable, Iterable

from sandbox.stripe.wire import Obj, missing

_DEFAULT_LIMIT = 10
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "gt": int.__gt__,
    "gte": int.__ge__,
    "lt": int.__lt__,
    "lte": int.__le__,
}


def page(
    objects: Iterable[Obj],
    params: Obj,
    url: str,
    keep: Callable[[Obj], bool] = lambda _: True,
    *,
    newest_first: bool = True,
) -> Obj:
    """Return one page of those objects that ``keep`` and the ``created`` filter admit."""
    ordered = list(objects)
    if newest_first:
        ordered.reverse()
    found = [one for one in ordered if keep(one) and _created_within(one, params)]
    limit = params.get("limit", _DEFAULT_LIMIT)
    if "ending_before" in params:
        before = found[: _position(found, params, "ending_before")]
        return listing(before[-limit:], url, more=len(before) > limit)
    if "starting_after" in params:
        found = found[_position(found, params, "starting_after") + 1 :]
    return listing(found[:limit], url, more=len(found) > limit)


def listing(data: list[Obj], url: str, *, more: bool = False) -> Obj:
    """Return Stripe's list object."""
    return {"object": "list", "data": data, "has_more": more, "url": url}


def _position(found: list[Obj], params: Obj, cursor: str) -> int:
    for place, one in enumerate(found):
        if one["id"] == params[cursor]:
            return place
    raise missing("object", params[cursor], cursor)


def _created_within(one: Obj, params: Obj) -> bool:
    bounds: dict[str, int] = params.get("created", {})
    return all(_COMPARE[name](one["created"], bound) for name, bound in bounds.items())
