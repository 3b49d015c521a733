"""How much Python there is in bot/: lines that hold code, and modules.

python tests/benchmarks/size.py [REVISION]

Comments, docstrings and blank lines are not counted; a statement of three lines is three. A revision of git is read
as it was committed, else the tree as it is. The limits are those of the house before the features that came after it:
13,545 lines and 131 modules at 4131b31, in lines of 120 characters.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tarfile
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_LINES, MOST_MODULES = 12_500, 135
_NOT_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}
_HAS_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def count_lines(source: str) -> int:
    r"""Return how many lines of `source` hold code.

    >>> count_lines("'About.'\n\n# One.\nx = [  # two\n    1,\n]\n")
    3
    """
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {
        line for token in tokens if token.type not in _NOT_CODE for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - docstring_lines(source))


def docstring_lines(source: str) -> set[int]:
    """Return the lines that docstrings cover."""
    docstrings = [
        node.body[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, _HAS_DOCSTRING) and ast.get_docstring(node, clean=False) is not None
    ]
    return {
        line
        for docstring in docstrings
        for line in range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1)
    }


def read_sources(revision: str | None) -> list[str]:
    """Return the text of every module of bot/, as it is or as it was at a revision."""
    if revision is None:
        return [path.read_text("utf-8") for path in sorted((ROOT / "bot").rglob("*.py"))]
    command = ["git", "-C", str(ROOT), "archive", revision, "bot"]
    archive = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        members = (tar.extractfile(member) for member in tar.getmembers() if member.name.endswith(".py"))
        return [member.read().decode("utf-8") for member in members if member]


def main() -> int:
    """Print both figures; status 1 past their limits."""
    sources = read_sources(sys.argv[1] if len(sys.argv) > 1 else None)
    lines = sum(map(count_lines, sources))
    print(f"lines of Python that hold code {lines:,} (at most {MOST_LINES:,})")
    print(f"modules {len(sources)} (at most {MOST_MODULES})")
    return int(lines > MOST_LINES or len(sources) > MOST_MODULES)


if __name__ == "__main__":
    sys.exit(main())
