"""Names of functions, classes, modules and variables read as the field's own.

A function is a verb with an object. A bare participle, adjective or preposition
(`held`, `told`, `of`) says neither what is done nor to what.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1] / "bot"
MOST_FUNCTIONS, MOST_VARIABLES = 25, 60
_IRREGULAR = (
    "begun bound broken built chosen counts cut done drawn felt follows found given goes heard held"
    " kept known laid leads left lies made meant met put said says sent set shown sought speaks"
    " spent spoken stands stood taken tells thought told worn written"
)
_PARTICLES = (
    "about above abroad after again alone apart aside before behind beside by early far here late"
    " likely near now of sure there under upon within"
)
# "feed" and "speed" end like participles and are none.
NOUN_ENDINGS = ("embed", "feed", "need", "seed", "speed")
# Established in Python or in the tree: `sorted` is a builtin's name, `reversed` too.
READABLE = frozenset({"cached", "closed", "ordered", "reversed", "sorted"})
# As names of values these are plain nouns or adjectives: "the quotes shown", "text before".
_READABLE_VALUES = "after before built chosen counts follows given left sent shown written"
IRREGULAR_FORMS = frozenset(_IRREGULAR.split())
PARTICLES = frozenset(_PARTICLES.split())
READABLE_VALUES = frozenset(_READABLE_VALUES.split())
# Functions whose bare name reads well, each with the reason; see the test that compares.
READ_WELL = {"about": "the command /about, beside help and privacy: each is named as it is typed"}


class Names(NamedTuple):
    """The names in a tree that deserve a second look, each with where it stands."""

    functions: list[str]
    variables: list[str]
    repeated_classes: list[str]
    module_twins: list[str]


def is_bare(name: str) -> bool:
    """Return whether `name` is one word, and that a participle, adjective or preposition."""
    word = name.strip("_")
    if "_" in word or word in READABLE:
        return False
    is_regular = len(word) > 4 and word.endswith("ed") and not word.endswith(NOUN_ENDINGS)
    return word in IRREGULAR_FORMS or word in PARTICLES or is_regular


def is_property(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether it is read as a value, so that an adjective is right."""
    names = {node.id for node in function.decorator_list if isinstance(node, ast.Name)}
    return bool(names & {"property", "cached_property"})


def find_names(sources: dict[str, str]) -> Names:
    """Find the names worth a second look in `sources`, text by path."""
    names = Names([], [], [], [])
    class_places: dict[str, list[str]] = defaultdict(list)
    for path, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                class_places[node.name.strip("_")].append(path)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if is_bare(node.name) and not is_property(node):
                    names.functions.append(node.name)
                if node.name == Path(path).stem:
                    names.module_twins.append(path)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.variables.extend(list_bare_values(node.id))
    names.repeated_classes.extend(f"{name}: {', '.join(places)}" for name, places in class_places.items() if places[1:])
    return names


def list_bare_values(name: str) -> Iterator[str]:
    """Yield `name` if it says nothing of the value; a regular participle may ("expected")."""
    if is_bare(name) and name not in READABLE_VALUES and not name.endswith("ed"):
        yield name


@pytest.fixture(scope="module")
def names() -> Names:
    return find_names({str(path.relative_to(ROOT)): path.read_text("utf-8") for path in ROOT.rglob("*.py")})


def test_functions_are_verbs_but_for_those_that_read_well(names: Names) -> None:
    assert set(names.functions) <= set(READ_WELL)
    assert len(names.functions) <= MOST_FUNCTIONS


def test_no_exception_is_listed_that_the_tree_does_not_have(names: Names) -> None:
    assert set(READ_WELL) <= set(names.functions)


def test_a_class_name_means_one_thing_in_the_tree(names: Names) -> None:
    assert names.repeated_classes == []


def test_no_module_holds_a_function_of_its_own_name(names: Names) -> None:
    assert names.module_twins == []


def test_few_variables_are_bare_participles(names: Names) -> None:
    assert len(names.variables) <= MOST_VARIABLES, Counter(names.variables)


@pytest.mark.parametrize(
    "source",
    [
        "def held(): ...",
        "async def _told(): ...",
        "def of(x): ...",
        "class A:\n    def settled(self): ...",
        "def beside():\n    def inner(): ...",
    ],
)
def test_a_planted_function_is_found(source: str) -> None:
    assert len(find_names({"a.py": source}).functions) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def hold_quote(): ...",
        "def read_feed(): ...",
        "def embed(): ...",
        "def bed(): ...",
        "class A:\n    @property\n    def held(self): ...",
        "def sorted(): ...",
    ],
)
def test_a_function_that_reads_well_is_not_found(source: str) -> None:
    assert find_names({"a.py": source}).functions == []


def test_planted_twins_and_variables_are_found() -> None:
    found = find_names(
        {
            "a.py": "class Reading: ...\nfor told in 1, 2: found = (kept := told)\nwritten = 1",
            "b.py": "class _Reading: ...\ndef b(): ...",
        }
    )

    assert found.repeated_classes == ["Reading: a.py, b.py"]
    assert found.module_twins == ["b.py"]
    assert sorted(found.variables) == ["found", "kept", "told"]
