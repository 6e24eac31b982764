"""A second opinion on calls of the Bot API: aiogram's typed methods, generated from the docs.

`check_call(method, params)` returns what is wrong with a call as a list of sentences; empty
means that the types, required parameters and nested fields fit the published schema.
Use it over the calls a sandbox recorded: `assert problems_of(telegram.calls) == []`.
"""

from collections.abc import Iterable, Iterator

import aiogram.methods
from aiogram.types import Update
from pydantic import BaseModel, ValidationError


def method_type(method: str) -> type[BaseModel] | None:
    """Find aiogram's class of a method by its name."""
    return getattr(aiogram.methods, method[:1].upper() + method[1:], None)


def unknown_fields(value: object, where: str) -> Iterator[str]:
    """Name every field that the schema does not have, at any depth."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{where}.{name} does not exist"
        for name in type(value).model_fields:
            yield from unknown_fields(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_fields(item, f"{where}[{index}]")


def check_call(method: str, params: dict) -> list[str]:
    """Say what is wrong with one call."""
    model = method_type(method)
    if model is None:
        return [f"{method} does not exist"]
    return list(_misfits(model, params, method))


def check_update(update: dict) -> list[str]:
    """Say what is wrong with an update the sandbox made."""
    return list(_misfits(Update, update, "Update"))


def _misfits(model: type[BaseModel], value: dict, where: str) -> Iterator[str]:
    try:
        made = model.model_validate(value)
    except ValidationError as error:
        yield from (f"{where}: {part['loc']} {part['msg']}" for part in error.errors())
    else:
        yield from unknown_fields(made, where)


def problems_of(calls: Iterable) -> list[str]:
    """Say what is wrong with recorded calls (`TelegramSandbox.calls`) that were answered well."""
    return [
        problem
        for call in calls
        if not call.error
        for problem in check_call(call.method, call.params)
    ]
