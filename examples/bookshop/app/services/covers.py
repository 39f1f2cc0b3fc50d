"""Cover images on disk."""

import os
from pathlib import Path

from starlette.datastructures import UploadFile  # fault: LC106


class CoverStore:
    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def keep(self, cover: UploadFile) -> str:
        """Store an image under the name that it came with."""
        name = cover.filename or "cover"
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / name).write_bytes(cover.file.read())
        os.system(f"convert {self.directory}/{name} -resize 600x {self.directory}/{name}")  # later fault: LC701
        return name

    def missing(self) -> bytes:
        """What is shown for a book without a cover."""
        return open(self.directory / "missing.png", "rb").read()  # fault: LC904
