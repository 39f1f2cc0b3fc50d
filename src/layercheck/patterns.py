"""Regular expressions that are compiled when they are first used.

DESIGN: the modules hold some hundred and sixty of them, and compiling all at import takes 20 ms, a third of what a run over one changed file
may last; such a run uses a tenth. `pattern` is `re.compile` for module level: what it returns compiles itself at the first look at one of
its methods, and then has them as they are, so a later use costs what it always did.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn", "flags", "groupindex")


class _Compiled:
    """Has the methods of a compiled one as attributes."""

    def __init__(self, text: Any, flags: int) -> None:
        self.pattern = text
        self._flags = flags


class _Waiting(_Compiled):
    """Not yet compiled."""

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        self.__class__ = _Compiled  # type: ignore[assignment]
        return self.__dict__[name]


def pattern(text: AnyStr, flags: int | re.RegexFlag = 0) -> re.Pattern[AnyStr]:
    """`re.compile`, later."""
    return cast("re.Pattern[AnyStr]", _Waiting(text, int(flags)))
