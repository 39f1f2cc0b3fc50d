"""The text of a source file: byte order marks, declared encodings (PEP 263), line ends; and columns of it in bytes and characters."""

from __future__ import annotations

import codecs

_BOM = b"\xef\xbb\xbf"


class SourceDecodeError(SyntaxError):
    """Bytes that are no text in the encoding they claim: `lineno` (from 1) says where, `reason` why."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason, (None, line, 1, None))
        self.reason = reason


def decode(data: bytes) -> str:
    """The text of a source file, without byte order mark and with every line end as one newline.

    UTF-8, unless a comment in the first two lines declares another encoding. `\\r\\n` and a lone `\\r` end a line, as they do for
    Python's tokenizer; form feeds and the separators of Unicode do not. So line n of the tree is `text.split("\\n")[n - 1]`.
    Raises SourceDecodeError for NUL bytes, unknown encodings, and bytes that do not fit the encoding.
    """
    marked = data.startswith(_BOM)
    if marked:
        data = data[3:]
    if b"\0" in data:
        raise _error("the file has NUL bytes: it is no text", data, data.index(b"\0"))
    second_line = data.find(b"\n") + 1
    end = data.find(b"\n", second_line)
    head = data if end < 0 else data[:end]
    declared = _declared(head) if b"coding" in head else None
    try:
        if declared is None or declared[0] == "utf-8":
            text = data.decode()
        elif marked:
            raise SourceDecodeError(
                f"a UTF-8 byte order mark, but line {declared[1]} declares {declared[0]}", declared[1]
            )
        else:
            text = data.decode(declared[0])
            if "coding" not in text[: len(head)]:
                raise SourceDecodeError(f"{declared[0]} cannot encode its own declaration", declared[1])
    except UnicodeDecodeError as error:
        name = "UTF-8" if declared is None else declared[0]
        raise _error(
            f"byte 0x{data[error.start]:02x} is not {name} ({error.reason}); declare the encoding or save as UTF-8",
            data,
            error.start,
        ) from None
    except LookupError:
        assert declared is not None
        raise SourceDecodeError(f"unknown encoding {declared[0]!r}", declared[1]) from None
    except UnicodeError as error:  # of codecs that have no positions
        assert declared is not None
        raise SourceDecodeError(f"not {declared[0]}: {error}", declared[1]) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def char_column(line_text: str, byte_column: int) -> int:
    """The column in characters of a column in UTF-8 bytes (as `ast` counts) on a line of text. Both count from 0.

    A column within a character is that of the character; one behind the end is as far behind the end.
    """
    if line_text.isascii():
        return byte_column
    encoded = line_text.encode("utf-8", "surrogatepass")
    beyond = max(byte_column - len(encoded), 0)
    return len(encoded[:byte_column].decode("utf-8", "ignore")) + beyond


def _declared(head: bytes) -> tuple[str, int] | None:
    """The declared encoding and the line that declares it. The second line counts only when the first has no code."""
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for number, line in enumerate(lines[:2], 1):
        code = line.lstrip(b" \t\f")
        if not code:
            continue
        if not code.startswith(b"#"):
            return None
        name = _named(code)
        if name is not None:
            try:
                canonical = codecs.lookup(name).name
            except LookupError:
                canonical = name
            return ("utf-8" if canonical == "utf-8-sig" else canonical), number
    return None


def _named(comment: bytes) -> str | None:
    """The name in `coding[:=][ \\t]*([-\\w.]+)`, found without `re`, which costs more to import than this file to run."""
    _, *rests = comment.split(b"coding")
    for rest in rests:
        if rest[:1] in (b":", b"="):
            name = rest[1:].lstrip(b" \t")
            end = 0
            while end < len(name) and (name[end : end + 1].isalnum() or name[end] in b"-_."):
                end += 1
            if end:
                return name[:end].decode("ascii")
    return None


def _error(reason: str, data: bytes, position: int) -> SourceDecodeError:
    before = data[:position]
    return SourceDecodeError(reason, before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1)
