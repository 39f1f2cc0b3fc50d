"""Bytes to text, and columns in bytes to columns in characters."""

from __future__ import annotations

import pytest

from layercheck.parsing import SourceDecodeError, char_column, decode, parse


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = 1\r\ny = 2\rz = 3\n\r", "x = 1\ny = 2\nz = 3\n\n"),
        (b"x = 1\x0cy\x0b\x1c\xe2\x80\xa8z", "x = 1\x0cy\x0b\x1c\u2028z"),
        (b"\xef\xbb\xbfx = '\xc3\xa9'\n", "x = 'é'\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"\xef\xbb\xbf# coding: utf8\nx = '\xc3\xa9'", "# coding: utf8\nx = 'é'"),
        (b"# coding: utf-8-sig\n\xc3\xa9", "# coding: utf-8-sig\né"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n",
        ),
        (b" \t\x0c# encoding=\tkoi8-r\r'\xc1'", " \t\x0c# encoding=\tkoi8-r\n'а'"),
        (b"\n# coding:shift_jis\n'\x83\x65'", "\n# coding:shift_jis\n'テ'"),
        (b"# coding coding: latin-1\n\xe9", "# coding coding: latin-1\né"),
        (b"x = 'coding: latin-1' # coding: latin-1\n\xc3\xa9", "x = 'coding: latin-1' # coding: latin-1\né"),
        (b"'''\n# coding: latin-1\n\xc3\xa9'''", "'''\n# coding: latin-1\né'''"),
        (b"\n\n# coding: latin-1\n\xc3\xa9", "\n\n# coding: latin-1\né"),
        (b"# encoding\n# en\xc3\xa9coding : x\n\xc3\xa9", "# encoding\n# enécoding : x\né"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    "data",
    [
        b"# coding: latin-1\n'\xe9'\n",
        b"\n# coding: cp1252\n'\x80'\n",
        b"# a\r# coding: latin-1\r'\xe9'\r",
        b"# coding: utf-8\n'\xc3\xa9'",
        b"\xef\xbb\xbf'\xc3\xa9'",
        b"x = 1\r\ny = '''a\rb\r\nc'''\rz = 2",
        b"x = 1\n\x0cif x:\n\x0c    y = 2\n",
    ],
)
def test_decode_and_parse_is_what_the_interpreter_does_with_the_bytes(data: bytes) -> None:
    import ast

    assert ast.dump(parse(decode(data)), include_attributes=True) == ast.dump(ast.parse(data), include_attributes=True)


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a = 1\nb = '\xff'\n", 2, "byte 0xff is not UTF-8 (invalid start byte)"),
        (b"a = 1\rb = 2\r\nc = '\xe9'", 3, "byte 0xe9 is not UTF-8"),
        (b"# coding: ascii\n\n'\xe9'", 3, "byte 0xe9 is not ascii"),
        (b"# coding: klingon\n", 1, "unknown encoding 'klingon'"),
        (b"#\n# coding: rot13\n", 2, "unknown encoding 'rot"),
        (b"# coding: utf-16-le\nx = 1\n", 1, "cannot encode its own declaration"),
        (b"# coding: undefined\n", 1, "not undefined"),
        (b"x = 1\n\0\n", 2, "NUL"),
        (b"\xff\xfex\0", 1, "NUL"),
        (b"\xef\xbb\xbf#\n# coding: latin-1\n", 2, "byte order mark"),
    ],
)
def test_undecodable(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(SourceDecodeError) as caught:
        decode(data)
    assert caught.value.lineno == line
    assert reason in caught.value.reason
    assert caught.value.msg == caught.value.reason
    assert isinstance(caught.value, SyntaxError)


def test_a_text_of_an_editor_may_have_a_mark_and_any_line_ends() -> None:
    tree = parse("\ufeffx = 1\r\ntype Y = int\rz = f'{a['b']}'")
    assert [(node.lineno, node.col_offset) for node in tree.body] == [(1, 0), (2, 0), (3, 0)]


@pytest.mark.parametrize("text", ["x = 1\n\0", "x = '\ud800'"])
def test_no_text_of_any_python(text: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        parse(text, "a.py")
    assert caught.value.filename == "a.py"


@pytest.mark.parametrize(
    ("byte_column", "column"),
    [(0, 0), (1, 1), (2, 1), (3, 2), (4, 3), (5, 3), (7, 4), (8, 4), (11, 5), (12, 6), (14, 8)],
)
def test_char_column(byte_column: int, column: int) -> None:
    """`a`, `é` in two bytes, `b`, `€` in three, `😀` in four, `c`."""
    assert char_column("aéb€😀c", byte_column) == column


def test_char_column_of_plain_text() -> None:
    assert [char_column("abc", column) for column in range(6)] == list(range(6))
