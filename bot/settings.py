"""Settings: config/bot.toml, then BOT_ variables, which win.

The file is read from the folder in which the bot is started; without it, every setting has its default. A file `.env`
there may set variables; those of the environment win. Unknown names are refused everywhere, so a misspelt setting is
never taken for its default. Secrets are not settings: the surface that needs one reads it from the environment.
"""

from __future__ import annotations

import io
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableError

from bot.corpus.folder import DEFAULT_CORPORA_FOLDER
from bot.errors import CorpusError, SettingsError
from bot.storage.filesystem import require_regular_file

Model = TypeVar("Model", bound=BaseModel)

# The fact and the remedy for each of pydantic's error types, or for all with this first word: its own texts speak of
# "input".
_EXPLANATIONS = {
    "bool": ("neither true nor false", "write one of them"),
    "dict": ("not a table", "write it as a [table]"),
    "float": ("not a number", "write one"),
    "greater_than": ("not more than {gt}", "write more than {gt}"),
    "greater_than_equal": ("less than {ge}", "write {ge} or more"),
    "int": ("not a whole number", "write one"),
    "less_than": ("not less than {lt}", "write less than {lt}"),
    "less_than_equal": ("more than {le}", "write {le} or less"),
    "literal": ("no such choice", "write {expected}"),
    "missing": ("missing", "add it"),
    "model": ("not a table", "write it as a [table]"),
    "path": ("no path", "put one in quotation marks"),
    "string": ("not text", "put it in quotation marks"),
    "string_pattern_mismatch": ("not such a name", "begin it with a small letter; no blanks, dots or slashes"),
    "too_short": ("too few", "write {min_length} or more"),
    "tuple": ("not a list", "write one between [ and ]"),
    "wrong": ("{fact}", "{remedy}"),
}

SETTINGS_FILE = Path("config/bot.toml")
ENV_FILE = Path(".env")
_VARIABLE_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
ENV_PREFIX = "BOT_"
# Values of `engine.cache` that are not folders. "none" is a word since an empty variable counts as not set.
AUTOMATIC_CACHE, NO_CACHE_NAME = "auto", "none"


class EngineSettings(BaseModel):
    """`[engine]`: the module of bot/search that searches, and each engine's own options."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: str = Field("bm25", pattern=r"^[a-z][a-z0-9_]*$")
    depth: int = Field(50, gt=0)
    cache: str = AUTOMATIC_CACHE
    in_memory: int = Field(200_000, gt=0)
    options: dict[str, dict[str, float | str]] = {}


class AnswerSettings(BaseModel):
    """`[answers]`: how many quotes, how long, and how sure."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    quotes: int = Field(4, ge=2)  # one from each side
    shortest: int = Field(40, ge=0)
    longest: int = Field(700, gt=0)
    confidence: float = Field(0.7, ge=0, le=1)
    closest: float = Field(0.55, ge=0)
    answered: float = Field(1.10, ge=0)


class Settings(BaseSettings):
    """The whole of config/bot.toml."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    corpus: str = "facial-recognition"
    corpora: Annotated[tuple[str, ...], NoDecode] = ()
    corpora_folder: Path = DEFAULT_CORPORA_FOLDER
    state_folder: str = ""
    reload_seconds: float = Field(300, gt=0)
    fetch: bool = False
    fetch_bytes: int = Field(5 * 1024 * 1024, gt=0)
    fetch_seconds: float = Field(20, gt=0)
    fetch_rate: float = Field(5, gt=0)
    fetch_tries: int = Field(4, gt=0)
    fetch_wait: float = Field(1, ge=0)
    uploads: bool = False
    upload_seconds: float = Field(20, gt=0)
    question_length: int = Field(1000, gt=0)
    verified_length: int = Field(4096, gt=0)
    # No longer than people who report a quote are told.
    flag_days: int = Field(30, gt=0, le=30)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    engine: EngineSettings = EngineSettings()
    answers: AnswerSettings = AnswerSettings()
    # The options of each store and surface by its name; it defines and checks them itself.
    stores: dict[str, dict[str, Any]] = {}
    surfaces: dict[str, dict[str, Any]] = {}

    @field_validator("corpora", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        """Split the text of a variable at its commas; leave the list of the file as it is."""
        if isinstance(value, str):
            return [name.strip() for name in value.split(",") if name.strip()]
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, strongest first: the command line, the environment, the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, SETTINGS_FILE)


def load(load_variables: Callable[[], AbstractSet[str]] = frozenset, /, **overrides: str) -> Settings:
    """Return the settings; `overrides` win over the environment, which wins over the file.

    `load_variables` returns further BOT_ variables, read by others; it is called only if a variable is set that is not
    a setting's.

    Raises:
        SettingsError: the file is not TOML, or a name or value is invalid. Its message has names and reasons, never a
            value.
    """
    if SETTINGS_FILE.exists() and not SETTINGS_FILE.is_file():
        raise SettingsError(str(SETTINGS_FILE), "not a file", "put a file in its place, or remove it")
    _refuse_unknown(os.environ, load_variables)
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(SETTINGS_FILE), f"not TOML: {error}", "correct that line") from None
    except UnicodeDecodeError:
        raise SettingsError(str(SETTINGS_FILE), "not UTF-8", "save it as UTF-8") from None
    except UnreadableError as error:
        raise SettingsError("environment", str(error), "write it as JSON") from None
    except ValidationError as error:
        raise _to_settings_error(error, Settings) from None


def load_env_file(path: Path = ENV_FILE) -> None:
    """Set the variables in the file at `path`, if it exists, in the environment, except those that are set already.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        require_regular_file(path)
    except CorpusError as error:
        if not os.path.lexists(path):
            return
        raise SettingsError(error.place, error.fact, error.remedy) from None
    try:
        content = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fact = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not UTF-8"
        raise SettingsError(str(path), fact, "fix it, or remove it") from None
    for name, value in _parse_env_file(path, content):
        os.environ.setdefault(name, value)


def _parse_env_file(path: Path, content: str) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each line.

    Raises:
        SettingsError: a line is not a variable and its value; the message has no word of it, since it may be a secret.
    """
    # The library is imported only if there is such a file.
    for binding in import_module("dotenv.parser").parse_stream(io.StringIO(content)):
        has_value = binding.value is not None and "\0" not in binding.value
        is_variable = has_value and bool(_VARIABLE_NAME.fullmatch(binding.key or ""))
        if binding.error or (binding.key is not None and not is_variable):
            source = binding.original.string
            line = binding.original.line + source[: len(source) - len(source.lstrip())].count("\n")
            raise SettingsError(f"{path}:{line}", "not a variable and its value", "write it as NAME=value")
        if is_variable:
            yield binding.key, binding.value


def validate_options(model: type[Model], values: Mapping[str, Any], place: str) -> Model:
    """Return the options of a part of the bot, validated from `values`, the table at `place`.

    Raises:
        SettingsError: a name or a value in it is wrong.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _to_settings_error(error, model, place.split(".")) from None


def list_variables() -> dict[str, str]:
    """Return the dotted name of each setting, tables left out, by its BOT_ variable."""
    return {_build_variable_name(dotted): dotted for dotted in _list_dotted_names(Settings)}


def _list_dotted_names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of each setting of `model` and of the tables in it, behind `prefix`."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from _list_dotted_names(annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


def _build_variable_name(dotted: str) -> str:
    """Return the variable of a setting: BOT_ENGINE__NAME for `engine.name`."""
    return ENV_PREFIX + dotted.replace(".", "__").upper()


def _refuse_unknown(environment: Mapping[str, str], load_variables: Callable[[], AbstractSet[str]]) -> None:
    """Raise a SettingsError for a BOT_ variable that nobody reads."""
    own_variables = list_variables()
    # The options of engines, stores and surfaces are checked by their own models, when they are chosen.
    open_prefixes = tuple(map(_build_variable_name, ("engine.options.", "stores.", "surfaces.")))
    others = [
        name
        for name in sorted(environment)
        if name.upper().startswith(ENV_PREFIX)
        and name.upper() not in own_variables
        and not name.upper().startswith(open_prefixes)
    ]
    further_variables = load_variables() if others else ()
    for name in others:
        if name.upper() not in further_variables:
            raise SettingsError(name, "no such setting", f"unset it, or use a name from {SETTINGS_FILE}")


def _to_settings_error(error: ValidationError, model: type[BaseModel], prefix: Sequence[str] = ()) -> SettingsError:
    """Return an error for the first fault, with its place and reason only; pydantic's own text prints the value."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = find_place(".".join([*prefix, *(str(part) for part in first["loc"])]))
    kind, context = first["type"], {name: _format_value(value) for name, value in first.get("ctx", {}).items()}
    if kind == "extra_forbidden":
        return SettingsError(place, "no such setting", "remove it, or correct its name")
    fact, remedy = _EXPLANATIONS.get(kind) or _EXPLANATIONS.get(kind.partition("_")[0], (first["msg"], "correct it"))
    default = _find_default(model, first["loc"])
    example = f"; it is {_format_value(default)} by default" if default is not None else ""
    return SettingsError(place, fact.format(**context), remedy.format(**context) + example)


def _format_value(value: object) -> str:
    """Return `value` as it is written in the file.

    >>> _format_value(3600.0), _format_value(False), _format_value("auto")
    ('3600', 'false', 'auto')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _find_default(model: type[BaseModel], location: Sequence[int | str]) -> int | float | str | None:
    """Return the default of the setting at `location` in `model`, if it is a number or a text that is not empty."""
    value: Any = None
    for part in location:
        if field := model.model_fields.get(str(part)):
            value = field.get_default()
            model = type(value) if isinstance(value, BaseModel) else model
    return value if isinstance(value, int | float | str) and str(value) else None


def find_place(dotted_name: str) -> str:
    """Return the place where a setting was set: its variable, that of a table around it, or the file.

    A table may also be set by the variable of any setting in it.
    """
    names, environment = dotted_name.split("."), sorted(name.upper() for name in os.environ)
    for length in range(len(names), 0, -1):
        variable = _build_variable_name(".".join(names[:length]))
        if variable in environment:
            return variable
    table_prefix = f"{_build_variable_name(dotted_name)}__"
    below = next((name for name in environment if name.startswith(table_prefix)), None)
    return below or f"{SETTINGS_FILE}: {dotted_name}"
