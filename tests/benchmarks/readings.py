"""What a reader who has not seen the code gets to read: sixty functions by name and signature, and sixty sentences.

A draw is fixed by its seed, so that the list in docs/decisions can be drawn again. Run it from the repository's root:
`python -m tests.benchmarks.readings`.
"""

import argparse
import ast
import random
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

SEED = 20261126
DRAWN = 60
ROOT = Path("bot")
MESSAGES = ROOT / "languages/english/messages.toml"
DIRECTIVE = re.compile(r"#\s*(noqa|type:|ruff:|pragma|mypy:|fmt:|!)")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“`])")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, on one line."""
    return SENTENCE_END.split(" ".join(text.split("\n\n", maxsplit=1)[0].split()), maxsplit=1)[0]


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yield each function and method below a node with its qualified name; no dunders."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from functions(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if not child.name.startswith("__"):
                yield prefix + child.name, child
            yield from functions(child, f"{prefix}{child.name}.")
        else:
            yield from functions(child, prefix)


def signature(function: Function) -> str:
    """Return a function's parameters and what it returns, as they are written."""
    returned = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    kind = "async " if isinstance(function, ast.AsyncFunctionDef) else ""
    return f"{kind}({ast.unparse(function.args)}){returned}"


def docstrings(tree: ast.Module) -> Iterator[str]:
    """Yield the docstrings of a module, its classes and its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield text


def comments(path: Path) -> Iterator[str]:
    """Yield a file's comments; lines of comment below each other are one."""
    block: list[str] = []
    last = 0
    with tokenize.open(path) as source:
        for token in tokenize.generate_tokens(source.readline):
            if token.type != tokenize.COMMENT or DIRECTIVE.match(token.string):
                continue
            if token.start[0] != last + 1 and block:
                yield " ".join(block)
                block = []
            block.append(token.string.lstrip("# "))
            last = token.start[0]
    if block:
        yield " ".join(block)


def sources() -> dict[Path, ast.Module]:
    """Return the bot's modules, parsed, in the order of their paths."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}


def all_functions() -> list[tuple[str, str]]:
    """Return each function's path with its qualified name, and its signature."""
    return sorted(
        (f"{path}:{name}", signature(function))
        for path, tree in sources().items()
        for name, function in functions(tree)
    )


def all_sentences() -> list[tuple[str, str]]:
    """Return the path and the first sentence of each docstring, comment and message."""
    found = {
        (str(path), first_sentence(text))
        for path, tree in sources().items()
        for text in [*docstrings(tree), *comments(path)]
    }
    messages = tomllib.loads(MESSAGES.read_text("utf-8"))["messages"]
    found.update((str(MESSAGES), first_sentence(text)) for text in messages.values() if isinstance(text, str))
    return sorted(found)


def main() -> None:
    """Print what is drawn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="another draw")
    chance = random.Random(parser.parse_args().seed)
    for pool in (all_functions(), all_sentences()):
        for number, (place, text) in enumerate(chance.sample(pool, min(DRAWN, len(pool))), 1):
            sys.stdout.write(f"{number:2} {place} {text}\n")


if __name__ == "__main__":
    main()
