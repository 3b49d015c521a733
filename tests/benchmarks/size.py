"""How much Python there is in bot/: lines that hold code, and modules.

python tests/benchmarks/size.py

Comments, docstrings and blank lines are not counted; a statement of three lines is three.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).parents[2] / "bot"
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


def main() -> int:
    """Print both figures; status 1 past their limits."""
    sources = [path.read_text("utf-8") for path in sorted(ROOT.rglob("*.py"))]
    lines = sum(map(count_lines, sources))
    print(f"lines of Python that hold code {lines:,} (at most {MOST_LINES:,})")
    print(f"modules {len(sources)} (at most {MOST_MODULES})")
    return int(lines > MOST_LINES or len(sources) > MOST_MODULES)


if __name__ == "__main__":
    sys.exit(main())
