"""The text of a source file: PEP 263 declarations, byte order marks, line ends."""

from __future__ import annotations

import codecs

_BOM = b"\xef\xbb\xbf"


class SourceDecodeError(SyntaxError):
    """Bytes that are no text in the encoding they claim; `lineno` and `msg` say where and why."""


def decode(data: bytes) -> str:
    """The text, with every line end as a newline so that line numbers are those of an editor. A form feed ends no line.

    UTF-8 unless the first two lines declare something else (PEP 263). Raises SourceDecodeError for unknown encodings, bytes that
    do not fit, and NUL bytes.
    """
    bom = data.startswith(_BOM)
    if bom:
        data = data[3:]
    if b"\0" in data:
        raise _error("the file has NUL bytes: it is no text", data, data.index(b"\0"))
    encoding = _declared(data)
    if bom and encoding not in (None, "utf-8"):
        raise _error(f"a UTF-8 byte order mark, but the file declares {encoding}", data, 0)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        reason = f"byte 0x{data[error.start]:02x} is not {encoding or 'UTF-8'} ({error.reason}); declare the encoding or save as UTF-8"
        raise _error(reason, data, error.start) from None
    except LookupError:
        raise _error(f"unknown encoding {encoding!r}", data, 0) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _declared(data: bytes) -> str | None:
    """The encoding that the first or second line declares, by its canonical name."""
    position = 0
    for _ in range(2):
        end = data.find(b"\n", position)
        line = data[position:] if end < 0 else data[position:end]
        if b"coding" in line and line.lstrip(b" \t\f").startswith(b"#"):
            found = _cookie(line)
            if found is not None:
                try:
                    name = codecs.lookup(found).name
                except LookupError:
                    return found
                return "utf-8" if name == "utf-8-sig" else name
        if line.strip(b" \t\f\r") and not line.lstrip(b" \t\f").startswith(b"#"):
            return None
        if end < 0:
            return None
        position = end + 1
    return None


def _cookie(line: bytes) -> str | None:
    """`coding[:=]\\s*([-\\w.]+)`, without importing re for every file that mentions the word."""
    start = 0
    while True:
        at = line.find(b"coding", start)
        if at < 0:
            return None
        rest = line[at + 6 :]
        if rest[:1] in (b":", b"="):
            name = bytearray()
            for byte in rest[1:].lstrip(b" \t"):
                if not (chr(byte).isalnum() or byte in b"-_."):
                    break
                name.append(byte)
            if name:
                return name.decode("ascii", "replace")
        start = at + 6


def _error(reason: str, data: bytes, position: int) -> SourceDecodeError:
    line = data.count(b"\n", 0, position) + 1
    error = SourceDecodeError(reason)
    error.lineno = line
    error.offset = 1
    error.msg = reason
    return error
