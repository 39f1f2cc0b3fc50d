"""Newer syntax on an older host: the text is rewritten without moving anything, parsed, and the tree put right.

What is rewritten, by the version that brought it: unparenthesised exceptions (`except A, B:`, PEP 758, 3.14), template strings
(PEP 750, 3.14), type parameters and `type` statements (PEP 695, 3.12) with defaults (PEP 696, 3.13), f-strings that nest quotes,
backslashes, comments and line ends (PEP 701, 3.12). Each rewrite keeps the length of the text, line by line.
"""

from __future__ import annotations

import ast
from typing import Any

from layercheck.parsing import fstrings
from layercheck.parsing.scanner import Token, scan

Version = tuple[int, int]


class TypeParameter:
    """Stands for ast.TypeVar and its kin where the host's ast has none."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Patches:
    """What has to be put right in the tree."""

    def __init__(self) -> None:
        self.commas: dict[tuple[int, int], int] = {}
        """(line, offset in line) of an `except` -> how many commas became `|`."""
        self.parameters: dict[int, list[str]] = {}
        """Line of a def or class keyword -> names of its type parameters."""
        self.aliases: dict[str, str] = {}
        """Placeholder name of a `type` statement -> name."""
        self.strings: list[Token] = []


def parse_newer(text: str, filename: str, version: Version) -> ast.Module | None:
    """The tree of a text that a host of this version refuses; None when no rewrite helps."""
    if version >= (3, 14):
        return None
    tokens = scan(text)
    attempts = [(True, False, False)]
    if version < (3, 13):
        attempts.append((True, True, False))
    attempts.append((True, version < (3, 13), True))
    for commas, parameters, strings in attempts:
        patches = _Patches()
        rewritten = text
        if commas:
            rewritten = _except_commas(rewritten, tokens, patches)
        if parameters:
            rewritten = _type_parameters(rewritten, tokens, patches)
        if strings:
            rewritten = _strings(rewritten, tokens, patches, version)
        if rewritten == text:
            continue
        tree = _try(rewritten, filename)
        if tree is not None and _patch(tree, text, patches, version):
            return tree
    return None


def parse_expression(text: str, version: Version) -> ast.expr | None:
    """The tree of an expression in parentheses, newer syntax included."""
    from layercheck.parsing import host_parse

    try:
        tree = host_parse(text, "<f-string>")
    except SyntaxError:
        newer = parse_newer(text, "<f-string>", version)
        if newer is None:
            return None
        tree = newer
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return tree.body[0].value
    return None


def _try(text: str, filename: str) -> ast.Module | None:
    from layercheck.parsing import host_parse

    try:
        return host_parse(text, filename)
    except SyntaxError:
        return None


def _replace(text: str, start: int, end: int, new: str) -> str:
    assert len(new) == end - start
    return text[:start] + new + text[end:]


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _starts_statement(text: str, token: Token) -> bool:
    before = text[text.rfind("\n", 0, token.start) + 1 : token.start].strip()
    return not before or before.endswith((":", ";"))


# ------------------------------------------------------------------------------------------------- except A, B:


def _except_commas(text: str, tokens: list[Token], patches: _Patches) -> str:
    for index, token in enumerate(tokens):
        if token.kind != "name" or text[token.start : token.end] != "except" or not _starts_statement(text, token):
            continue
        depth = 0
        commas: list[int] = []
        for following in tokens[index + 1 :]:
            word = text[following.start : following.end]
            if following.kind == "op" and word in "([{":
                depth += 1
            elif following.kind == "op" and word in ")]}":
                depth -= 1
            elif depth == 0 and following.kind == "op" and word == ",":
                commas.append(following.start)
            elif depth == 0 and (word in (":", "|", "as") or following.kind == "newline"):
                if word != ":":
                    commas = []  # `except A, B as e:` is no Python of any version; `|` would be taken for ours
                break
        if commas:
            for comma in commas:
                text = _replace(text, comma, comma + 1, "|")
            patches.commas[(_line(text, token.start), token.start)] = len(commas)
    return text


def _as_tuple(node: ast.expr, commas: int) -> ast.expr:
    """`A | B | C` back to the tuple it was."""
    elements: list[ast.expr] = []
    while commas and isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        elements.append(node.right)
        node = node.left
        commas -= 1
    elements.append(node)
    elements.reverse()
    first, last = elements[0], elements[-1]
    return ast.Tuple(
        elements,
        ast.Load(),
        lineno=first.lineno,
        col_offset=first.col_offset,
        end_lineno=last.end_lineno,
        end_col_offset=last.end_col_offset,
    )


# ----------------------------------------------------------------------------------------- def f[T](), type X = Y


def _type_parameters(text: str, tokens: list[Token], patches: _Patches) -> str:
    for index, token in enumerate(tokens):
        if token.kind != "name" or index + 2 >= len(tokens):
            continue
        word = text[token.start : token.end]
        name, bracket = tokens[index + 1], tokens[index + 2]
        if name.kind != "name":
            continue
        opens = text[bracket.start : bracket.end] == "["
        if word in ("def", "class") and opens and bracket.start >= name.end:
            end, names = _parameter_list(text, tokens, index + 2)
            text = _replace(text, bracket.start, end, _blank(text[bracket.start : end]))
            patches.parameters[_line(text, token.start)] = names
        elif word == "type" and _starts_statement(text, token) and (opens or text[bracket.start : bracket.end] == "="):
            if opens:
                end, _ = _parameter_list(text, tokens, index + 2)
                if not text[end:].lstrip().startswith("="):
                    continue
                text = _replace(text, bracket.start, end, _blank(text[bracket.start : end]))
            real = text[name.start : name.end]
            placeholder = "_" * (name.start - token.start) + real
            text = _replace(text, token.start, name.end, placeholder)
            patches.aliases[placeholder] = real
    return text


def _parameter_list(text: str, tokens: list[Token], index: int) -> tuple[int, list[str]]:
    """(offset after the closing bracket, names) of a type parameter list whose `[` is the token at `index`."""
    depth = 0
    names: list[str] = []
    expecting = False
    for token in tokens[index:]:
        word = text[token.start : token.end]
        if token.kind == "op" and word in "([{":
            depth += 1
            expecting = depth == 1
        elif token.kind == "op" and word in ")]}":
            depth -= 1
            if depth == 0:
                return token.end, names
        elif depth == 1 and word == ",":
            expecting = True
        elif depth == 1 and expecting and token.kind == "name":
            names.append(word)
            expecting = False
    return tokens[-1].end, names


def _blank(piece: str) -> str:
    """Spaces of the same shape; a line end inside gets a backslash so that the logical line goes on."""
    out = [" " if c != "\n" else c for c in piece]
    for i, c in enumerate(out):
        if c == "\n" and i:
            out[i - 1] = "\\"
    return "".join(out)


# -------------------------------------------------------------------------------------------------------- strings


def _strings(text: str, tokens: list[Token], patches: _Patches, version: Version) -> str:
    for token in tokens:
        if token.kind != "fstring" or (version >= (3, 12) and "t" not in token.prefix):
            continue
        piece = text[token.start : token.end]
        if len(piece) < (6 if "\n" in piece else 3):
            continue  # an unfinished string: no rewrite makes sense of it
        text = _replace(text, token.start, token.end, fstrings.placeholder(piece))
        patches.strings.append(token)
    return text


# ---------------------------------------------------------------------------------------------------------- patching


def _patch(tree: ast.Module, text: str, patches: _Patches, version: Version) -> bool:
    """Put the tree right; False when it does not fit what was rewritten."""
    lines = {line: commas for (line, _), commas in patches.commas.items()}
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.lineno in lines and node.type is not None:
            node.type = _as_tuple(node.type, lines[node.lineno])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = patches.parameters.get(node.lineno)
            if names is not None:
                holder: Any = node
                holder.type_params = [TypeParameter(name) for name in names]
        elif isinstance(node, ast.Name) and node.id in patches.aliases:
            real = patches.aliases[node.id]
            node.col_offset += len(node.id) - len(real)
            node.id = real
    if patches.strings:
        return fstrings.restore(tree, text, patches.strings, version)
    return True
