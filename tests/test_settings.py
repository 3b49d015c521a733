"""config/bot.toml, then BOT_ variables; nothing unknown, nothing secret told."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import settings
from bot.errors import SettingsError
from bot.search import opensearch
from bot.search.bm25 import engine
from bot.settings import Settings
from bot.surfaces import list_surfaces, load_settings, load_surface
from bot.surfaces.telegram.settings import TelegramOptions as Telegram

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).parents[1]
SECRET = "12345:a-secret-that-must-not-be-told"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start in a folder of its own, with no BOT_ variable and an empty config/bot.toml."""
    for name in [name for name in os.environ if name.upper().startswith("BOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    write("")


def write(toml: str) -> None:
    settings.SETTINGS_FILE.parent.mkdir(exist_ok=True)
    settings.SETTINGS_FILE.write_text(toml, encoding="utf-8")


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        settings.load()
    return str(caught.value)


def named(model: BaseModel) -> dict[str, object]:
    """Return each setting's value by its dotted name."""
    return {dotted: _at(model.model_dump(mode="json"), dotted) for dotted in settings.list_variables().values()}


def _at(tables: object, dotted: str) -> object:
    for name in dotted.split("."):
        assert isinstance(tables, dict)
        tables = tables[name]
    return tables


def test_the_file_holds_every_setting_at_its_default_with_its_comment() -> None:
    text = (ROOT / "config/bot.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    tables = {"engine.options", "stores", "surfaces"}
    values = {name: value for name, value in named(Settings()).items() if name not in tables}
    own = written["engine"].pop("options")

    recipe = engine.Bm25Options().model_dump()
    assert own.pop("bm25") == recipe
    assert own.pop("opensearch") == opensearch.Options().model_dump(exclude=set(recipe))
    assert not own
    assert written["surfaces"]["telegram"] == Telegram().model_dump(mode="json")
    assert {name: _at(written, name) for name in values} == values
    assert not re.search(r"\n\n[^#\[\n]", text), "a setting stands without its comment"


def test_the_table_names_every_setting_its_variable_and_its_default() -> None:
    table = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    values = named(Settings())

    assert re.findall(r"(?m)^\| `([\w.]+)` \| `(\w+)` \| `(.*?)` \|", table) == [
        (name, variable, _toml(values[name])) for variable, name in settings.list_variables().items()
    ]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_a_variable_wins_over_the_file_and_a_given_name_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    write('corpus = "file"\nlog_level = "DEBUG"\n[engine]\ndepth = 7\n[answers]\nquotes = 2\n')
    monkeypatch.setenv("BOT_CORPUS", "variable")
    monkeypatch.setenv("BOT_ENGINE__DEPTH", "9")

    found = settings.load()

    assert (found.corpus, found.log_level) == ("variable", "DEBUG")
    assert (found.engine.depth, found.answers.quotes) == (9, 2)
    assert settings.load(corpus="given").corpus == "given"


def test_corpora_stand_between_commas_in_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_CORPORA", "facial-recognition, tram,")

    assert settings.load().corpora == ("facial-recognition", "tram")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_CORPUS", "")

    assert settings.load().corpus == "facial-recognition"


def test_an_engine_has_options_of_its_own_naming(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[engine.options.bm25]\nb = 0.5\n")
    monkeypatch.setenv("BOT_ENGINE__OPTIONS__BM25__K1", "1.5")

    assert settings.load().engine.options == {"bm25": {"k1": "1.5", "b": 0.5}}


def test_what_a_surface_reads_by_itself_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {variable for name in list_surfaces() for variable in load_surface(name).VARIABLES}
    for name in variables:
        monkeypatch.setenv(name, SECRET)

    assert "BOT_TOKEN" in variables
    assert load_settings() == Settings()


def test_without_a_file_every_setting_has_its_default() -> None:
    settings.SETTINGS_FILE.unlink()

    assert settings.load() == Settings()


def test_a_folder_in_place_of_the_file_is_refused() -> None:
    settings.SETTINGS_FILE.unlink()
    settings.SETTINGS_FILE.mkdir()

    assert refusal() == "config/bot.toml: not a file; put a file in its place, or remove it"


@pytest.fixture
def env_file(monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("BOT_CORPUS", "BOT_TOKEN", "BOT_ADMINS", "BOT_ENGINE__DEPTH", "DATABASE_URL"):
        # So that what the file sets is unset after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return settings.ENV_FILE


def test_variables_of_a_file_count_unless_they_are_set_elsewhere(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ENGINE__DEPTH", "7")
    env_file.write_text(
        "\ufeff# the bot's own\nexport BOT_CORPUS='tram' # one\n\nBOT_ENGINE__DEPTH=9\nBOT_TOKEN=\"12:$HOME#x\"\n"
        "DATABASE_URL=postgresql://ann:p%40ss=@db/x\nBOT_ADMINS=\n",
        "utf-8",
    )

    settings.load_env_file()

    found = load_settings()
    assert (found.corpus, found.engine.depth) == ("tram", 7)
    assert os.environ["BOT_TOKEN"] == "12:$HOME#x"
    assert os.environ["DATABASE_URL"] == "postgresql://ann:p%40ss=@db/x"
    assert os.environ["BOT_ADMINS"] == ""


def test_an_unknown_name_in_the_file_is_refused_too(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_CORPUSS", "")
    monkeypatch.delenv("BOT_CORPUSS")
    env_file.write_text("BOT_CORPUSS=tram\n")
    settings.load_env_file()

    assert refusal().startswith("BOT_CORPUSS: no such setting")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"BOT_TOKEN\n", ".env:1: not a variable and its value; write it as NAME=value"),
        (b"A=1\n" + SECRET.encode() + b" =\n", ".env:2: not a variable"),
        (b"A=1\n\nB='" + SECRET.encode() + b"\n", ".env:3: not a variable"),
        (b"A=1\x00\n", ".env:1: not a variable"),
        (b"BOT_TOKEN=\xff\n", ".env: not UTF-8; fix it, or remove it"),
    ],
)
def test_a_line_that_is_no_variable_is_told_by_its_place_without_its_words(
    env_file: Path, content: bytes, told: str
) -> None:
    env_file.write_bytes(content)

    with pytest.raises(SettingsError) as caught:
        settings.load_env_file()
    assert str(caught.value).startswith(told)
    assert SECRET not in str(caught.value)


def test_a_pipe_or_a_folder_in_place_of_the_file_is_refused(env_file: Path) -> None:
    os.mkfifo(env_file)
    with pytest.raises(SettingsError, match=r"^\.env: a pipe, not a file"):
        settings.load_env_file()
    env_file.unlink()
    env_file.mkdir()
    with pytest.raises(SettingsError, match=r"^\.env: a folder, not a file"):
        settings.load_env_file()


def test_without_the_file_nothing_is_set(env_file: Path) -> None:
    settings.load_env_file()

    assert not env_file.exists()
    assert "BOT_CORPUS" not in os.environ


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("corpuss = 'tram'", "config/bot.toml: corpuss: no such setting; remove it"),
        ("[engine]\ndeep = 1", "config/bot.toml: engine.deep: no such setting; remove it"),
        ("[answers]\nmost = 1", "config/bot.toml: answers.most: no such setting; remove it"),
        (
            "[engine]\ndepth = 0",
            "config/bot.toml: engine.depth: not more than 0; write more than 0; it is 50 by default",
        ),
        ("[engine]\nname = '../x'", "config/bot.toml: engine.name: not such a name; begin it with a small letter"),
        ("log_level = 'LOUD'", "config/bot.toml: log_level: no such choice; write 'DEBUG', 'INFO'"),
        ("corpora = [1]", "config/bot.toml: corpora.0: not text; put it in quotation marks"),
        ("corpus = ", "config/bot.toml: not TOML: Invalid value"),
        ("api_token = 'x'", "config/bot.toml: api_token: no such setting"),
        ("fetch = 'perhaps'", "config/bot.toml: fetch: neither true nor false; write one of them; it is false by"),
        ("fetch_rate = 'quick'", "config/bot.toml: fetch_rate: not a number; write one; it is 5 by default"),
        ("fetch_wait = -1", "config/bot.toml: fetch_wait: less than 0; write 0 or more; it is 1 by default"),
        ("engine = 3", "config/bot.toml: engine: not a table; write it as a [table]"),
        ("surfaces = 3", "config/bot.toml: surfaces: not a table; write it as a [table]"),
        ("corpora = 3", "config/bot.toml: corpora: not a list; write one between [ and ]"),
        ("corpora_folder = 3", "config/bot.toml: corpora_folder: no path; put one in quotation marks"),
        ("[engine]\ndepth = 1.5", "config/bot.toml: engine.depth: not a whole number; write one"),
    ],
)
def test_a_mistake_in_the_file_is_told_by_place_and_reason(toml: str, told: str) -> None:
    write(toml)

    assert refusal().startswith(told)


def test_a_file_that_is_not_utf_8_is_said_to_be_so() -> None:
    settings.SETTINGS_FILE.write_bytes(b'corpus = "\xff"')

    assert refusal() == "config/bot.toml: not UTF-8; save it as UTF-8"


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BOT_CORPUSS", "tram", "BOT_CORPUSS: no such setting; unset it, or use a name from config"),
        ("bot_tokne", SECRET, "bot_tokne: no such setting; unset it"),
        ("BOT_ENGINE", "{}", "BOT_ENGINE: no such setting; unset it"),
        ("BOT_ENGINE__DEEP", "1", "BOT_ENGINE__DEEP: no such setting; unset it"),
        ("BOT_ENGINE__DEPTH", SECRET, "BOT_ENGINE__DEPTH: not a whole number; write one; it is 50 by"),
        ("BOT_ANSWERS__CONFIDENCE", "2", "BOT_ANSWERS__CONFIDENCE: more than 1; write 1 or less; it is"),
        ("BOT_ENGINE__OPTIONS", SECRET, "environment: error parsing value for field"),
        ("BOT_LOG_LEVEL", SECRET, "BOT_LOG_LEVEL: no such choice; write 'DEBUG'"),
    ],
)
def test_a_mistake_in_the_environment_is_told_by_its_variable_without_its_value(
    variable: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)

    assert refusal().startswith(told)
    assert SECRET not in refusal()


def test_a_chat_s_own_options_come_from_its_table_and_from_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[surfaces.telegram]\nstale = 60\n[surfaces.telegram.rates]\nchat = {burst=1, every=2}\n")
    monkeypatch.setenv("BOT_SURFACES__TELEGRAM__DEADLINE", "5")

    found = settings.validate_options(Telegram, settings.load().surfaces["telegram"], "surfaces.telegram")

    assert (found.stale, found.deadline, found.rates.chat.every) == (60, 5, 2)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("stale = 0", "surfaces.telegram.stale: not more than 0; write more than 0; it is 3600 by default"),
        ("stall = 1", "surfaces.telegram.stall: no such setting; remove it, or correct its name"),
        ("pauses = []", "surfaces.telegram.pauses: too few; write 1 or more"),
        ("pauses = [1, 0]", "surfaces.telegram.pauses.1: not more than 0; write more than 0"),
        ("rates.chat.burst = 0", "surfaces.telegram.rates.chat.burst: not more than 0; write more than 0"),
        ("rates.chat = {}", "surfaces.telegram.rates.chat.burst: missing; add it"),
        ("wait = 51", "surfaces.telegram.wait: more than 50; write 50 or less; it is 30 by default"),
    ],
)
def test_a_wrong_option_of_a_chat_is_told_by_its_place(toml: str, told: str) -> None:
    write(f"[surfaces.telegram]\n{toml}\n")

    with pytest.raises(SettingsError) as caught:
        settings.validate_options(Telegram, settings.load().surfaces["telegram"], "surfaces.telegram")

    assert str(caught.value).startswith(f"{settings.SETTINGS_FILE}: {told}")


@pytest.mark.parametrize("variable", ["", "BOT_SURFACES__TELEGRAF__DEADLINE"])
def test_options_of_a_surface_that_is_not_there_are_refused(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if variable:
        monkeypatch.setenv(variable, "5")
    else:
        write("[surfaces.telegraf]\nstale = 60\n")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    place = variable or "config/bot.toml: surfaces.telegraf"
    assert str(caught.value) == f"{place}: no such surface; use mcp, telegram, terminal"
