"""Cover images on disk, under names that the shop chooses."""

from pathlib import Path
from uuid import uuid4

from app.core.errors import InvalidError

MAX_BYTES = 2_000_000
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}


class CoverStore:
    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def keep(self, content: bytes, content_type: str | None) -> str:
        """The name of the stored image; InvalidError for anything but a small JPEG or PNG."""
        suffix = SUFFIXES.get(content_type or "")
        if suffix is None:
            raise InvalidError("A cover is a JPEG or a PNG image")
        if len(content) > MAX_BYTES:
            raise InvalidError(f"A cover has at most {MAX_BYTES} bytes")
        name = f"{uuid4().hex}{suffix}"
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / name).write_bytes(content)
        return name
