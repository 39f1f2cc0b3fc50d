"""F, the floor of a Python analyser in pure Python: find, read and parse every file of a folder in one process, keep nothing.

python -I -S floor.py FOLDER
"""

import gc
import os
import sys


def parse_all(folder: str) -> None:
    """Read and parse every `*.py` below the folder."""
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.name.endswith(".py"):
                    with open(entry.path, "rb", 0) as file:
                        content = file.read()
                    try:
                        compile(content, entry.path, "exec", 0x400, True)  # ast.PyCF_ONLY_AST, without importing ast
                    except (SyntaxError, ValueError):
                        continue


if __name__ == "__main__":
    gc.disable()
    parse_all(sys.argv[1])
    os._exit(0)
