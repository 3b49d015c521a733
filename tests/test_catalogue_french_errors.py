"""What fails is told to an admin in their language: every error's words have a French text."""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.languages import load_language
from bot.replies.catalogue import describe_error, say, translate, use_language
from bot.service import Service
from bot.storage import filesystem as seam
from bot.storage import toml_schema
from bot.storage.stores.postgres import database
from tests.corpus_folders import MANIFEST, desk, shown, text

ROOT = Path(__file__).parents[1] / "bot"
# What an admin of a chat may meet: a reload, a hold, a correction, a document that was sent.
ROOMS = ("corpus", "formats", "attribution", "storage", "search", "model", "analysis.py")
MODULES: tuple[str, ...] = (
    "service/snapshot.py",
    "service/review.py",
    "ingest/sandbox.py",
)
MODULES += ("ingest/voice_correction.py", "ingest/addition.py")
# Met at the start alone, or by a command of the shell.
NOT_IN_CHATS = {"corpus/lint.py"}
# With these functions begins what only a command of the shell does, to the end of its module.
SHELL_ALONE = re.compile(r"^def (compare_documents|find_own_corpus|_cut_record)\(", re.MULTILINE)
TEXTS = load_language("french").table("errors")
# Calls that say why a voice is doubtful, which an admin reads of a document that was sent.
DOUBTS = ("doubt_referent", "Referent", "ResolvedVoice")
# Put together of parts, by pydantic or by the code.
COMPOSED = {"'{}' or '{}'", "'{}', '{}' or '{}'", "input should be {}", "no passages begin with {} and end with {}"}
COMPOSED |= {"{}, or begin the line with a space to keep it in the turn"}


def say_in_french(key: str, **values: object) -> str:
    with use_language("fr"):
        return spaced(say(key, **values))


def spaced(shown_text: str) -> str:
    """Return a text as it is written here, with plain spaces beside its marks."""
    return shown_text.replace("\xa0", " ")


def list_files() -> list[Path]:
    paths = [
        path for room in ROOMS for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    return [
        path for path in (*paths, *(ROOT / name for name in MODULES)) if str(path.relative_to(ROOT)) not in NOT_IN_CHATS
    ]


def read_texts(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an expression can be, `{}` for what is filled in."""
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.JoinedStr(values=values):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in values)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*read_texts(body), *read_texts(orelse))


def find_texts(source: str) -> Iterator[str]:
    """Yield each fact, remedy and reason of a module: what an error is made of, or a variable called so holds."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name.endswith(("Error", "_error", "Fault", *DOUBTS)) and name != "SettingsError":
                yield from (words for argument in node.args[1:] for words in read_texts(argument))
            yield from (words for given in node.keywords if given.arg == "reason" for words in read_texts(given.value))
        elif isinstance(node, ast.Assign):
            for target, value in zip(*list_assigned(node), strict=False):
                if isinstance(target, ast.Name) and re.fullmatch(r"\w*(fact|remedy|reason)", target.id.lower()):
                    yield from read_texts(value)


def list_assigned(node: ast.Assign) -> tuple[list[ast.expr], list[ast.expr]]:
    target, value = node.targets[0], node.value
    is_pair = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
    return (target.elts, value.elts) if is_pair else ([target], [value])  # type: ignore[attr-defined]


def is_spoken(words: str) -> bool:
    """Tell whether words have a French text, which keeps not all of them; what is filled in needs none."""
    english = words.replace("{}", "7")
    with use_language("fr"):
        french = translate(english)
    return not set(re.findall(r"[^\W\d_]+", english)) or not set(re.findall(r"\w+", english)) <= set(
        re.findall(r"\w+", french)
    )


def test_every_fact_and_remedy_that_an_admin_may_read_has_a_french_text() -> None:
    texts = {words for path in list_files() for words in find_texts(SHELL_ALONE.split(path.read_text("utf-8"))[0])}
    explained = [*toml_schema._EXPLANATIONS.values(), *database._FACTS.values()]  # noqa: SLF001 - tables of them
    texts |= {words for pair in explained for words in pair if words}

    assert len(texts) > 200
    assert sorted(words for words in texts if not is_spoken(words)) == []


def test_no_french_text_is_of_an_error_that_is_gone() -> None:
    of_the_system = {os.strerror(number).lower() for number in errno.errorcode}
    source = "\n".join(path.read_text("utf-8") for path in ROOT.rglob("*.py")).replace("\\", "")
    pieces = {text: [piece for piece in text.split("{}") if len(piece) > 5] for text in TEXTS}

    unused = {text for text in pieces if not all(piece in source for piece in pieces[text])}
    assert sorted(unused - of_the_system - COMPOSED) == []


def _write(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content, "utf-8")


def _refuse(call: str, number: int) -> seam.FileSystem:
    """Return a disk that refuses a call."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    disk = seam.FileSystem()
    setattr(disk, call, refuse)
    return disk


CORRECTION = "[[corrections]]\nfirst = 'The ferry'\nlast = 'sailed'\nvoice = 'Bob Low'\n"
FAULTS = {
    "no text": (
        _write("c.txt", "\0"),
        "c.txt : un caractère NUL, qu’aucun texte ne contient, à la position 0, ligne 1 ; ",
    ),
    "no header": (
        _write("c.txt", "+++\ntitle = 'x'\n"),
        "c.txt:1 : l’en-tête n’est pas fermé ; terminez-le par une ligne +++",
    ),
    "a date": (
        _write("c.txt", "+++\ndate = 'May'\n+++\nx"),
        'c.txt:2 : date : « May » n’est pas une date ; écrivez "2020", "2020-01" ou "2020-01-24"',
    ),
    "a key": (_write("c.txt", "+++\ntitel = 'x'\n+++\nx"), "c.txt:2 : titel : clé inconnue ; utilisez title, "),
    "a side": (
        _write("corpus.toml", MANIFEST.replace('"for"', '"pro"')),
        "side : valeur attendue : « for », « against » ou « neither » ; choisissez-en une",
    ),
    "a suffix": (
        _write("c.exe", "x"),
        "c.exe : aucun format ne lit '.exe' ; déplacez-le, ou enregistrez-le en ",
    ),
    "no labels": (
        _write("c.transcript", "It rained."),
        "c.transcript : aucun nom d’orateur n’a été trouvé ; commencez chaque tour par « NOM: »",
    ),
    "a correction": (
        _write("b.voices.toml", CORRECTION),
        "aucun passage ne commence par 'The ferry' et ne finit par 'sailed' ; ",
    ),
    "two ids": (_write("a.md", ""), "a.txt : il a le même identifiant, « a », que a.md ; renommez l’un des deux"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_reload_that_stops_says_why_in_french(folder: Path, bridge: Service, fault: str) -> None:
    spoil, line = FAULTS[fault]
    spoil(folder)

    with use_language("fr"):
        shown_text = spaced(text(await bridge.admin.reload()))

    assert shown_text.startswith(say_in_french("reload_stopped"))
    assert line in shown_text


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT])
async def test_a_hold_that_the_disk_refuses_says_why_in_french(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    bridge = await desk(folder.parent, state_folder=str(folder.parent / "state"))
    quote = await shown(bridge)
    monkeypatch.setattr(seam, "disk", _refuse("open", number))

    with use_language("fr"):
        reply = await bridge.admin.hold(f"{quote} contestée")

    reason = TEXTS[os.strerror(number).lower()]
    assert spaced(text(reply)).startswith(say_in_french("hold_failed", id=quote))
    assert spaced(text(reply)).endswith(f" : {reason} ; libérez de la place sur le disque, ou corrigez les droits")


@pytest.mark.parametrize(
    ("line", "french"),
    [
        (
            "line 3: it is uncertain whether 'Ann' said 'No.' (“she” may not mean who was quoted before); add it",
            (
                "ligne 3 : il n’est pas certain que « Ann » ait dit « No. » "
                "(« she » ne désigne peut-être pas qui a été cité avant) ; ajoutez-le"
            ),
        ),
        (
            "line 9: words hyphenated at a line end: 'sur-veillance', 4 times; rejoin them as in the source",
            "ligne 9 : mots coupés en fin de ligne : « sur-veillance », 4 fois ; recollez-les comme dans la source",
        ),
        ("The ferry: it sails; ask Bob", "The ferry : it sails; ask Bob"),
        ("plain words", "plain words"),
    ],
)
def test_texts_within_texts_are_translated_and_what_is_quoted_stays(line: str, french: str) -> None:
    with use_language("fr"):
        assert spaced(translate(line)) == french
    assert translate(line) == line


def test_an_error_is_one_line_in_either_language() -> None:
    error = StorageError("the database", "no answer in time", "see that the database is up, then try again")

    with use_language("fr"):
        french = describe_error(error)

    assert describe_error(error) == str(error)
    assert spaced(french) == (
        "la base de données : pas de réponse à temps ; vérifiez que la base de données tourne, puis recommencez"
    )
