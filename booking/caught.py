"""Errors to be judged after the block they ended."""

from typing import Self


class Caught:
    """Keep the error a block ended with, whichever it is; cancellation goes on."""

    error: Exception | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None
