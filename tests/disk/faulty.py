"""A disk that fails when told, under the files of one process."""

import errno
import mmap
import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("faulty.c")
WRITES, SYNCS = 1, 2
FAULTS = {
    "full": (WRITES, errno.ENOSPC),
    "broken": (WRITES, errno.EIO),
    "read_only": (WRITES, errno.EROFS),
    "unsynced": (SYNCS, errno.EIO),
}
NUMBERS = struct.Struct("5i")


class NoCompiler(Exception):
    """There is no C compiler on this machine."""


class FaultyDisk:
    """The disk below a path, as a process started through `before` sees it."""

    def __init__(self, folder: Path, below: Path):
        library = folder / "faulty.so"
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise NoCompiler("no C compiler: apt-get install gcc libc6-dev")
        words = [compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"]
        subprocess.run(words, check=True)
        page = folder / "faulty.page"
        page.write_bytes(bytes(4096))
        with page.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 4096)
        self.before = (
            "env",
            f"LD_PRELOAD={library}",
            f"FAULTY_PAGE={page}",
            f"FAULTY_PATH={below}",
        )

    def fails(self, fault: str, *, nth: int = 1, times: int = -1) -> None:
        """Let the n-th write (or sync) from now on fail, and what comes after it."""
        self.recovers()
        kind, error = FAULTS[fault]
        NUMBERS.pack_into(self._page, 0, 0, error, nth - 1, times, 0)
        self._page[:4] = struct.pack("i", kind)

    def recovers(self) -> None:
        """Be a good disk again."""
        self._page[:4] = bytes(4)

    @property
    def failed(self) -> int:
        """How many calls have failed since it was told to."""
        return NUMBERS.unpack_from(self._page, 0)[4]
