"""Every setting: config/bot.toml, then BOT_ variables, which win.

The file is read from the folder the bot is started in. A name that no setting
bears is refused in both places, so a misspelt one cannot pass for the default.
Secrets are not settings: the surface that needs one reads it from the
environment by itself.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableError

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Model = TypeVar("Model", bound=BaseModel)

FILE = Path("config/bot.toml")
PREFIX = "BOT_"

# What the Telegram surface reads by itself. Named here because reading a
# setting must not import a chat's library.
ELSEWHERE = frozenset(
    {"BOT_TOKEN", "BOT_ADMINS", "BOT_API_URL", "BOT_WEBHOOK_URL", "BOT_WEBHOOK_SECRET"}
)


class Engine(BaseModel):
    """`[engine]`: which module of bot/engines searches, and each engine's own options."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("bm25", pattern=r"^[a-z][a-z0-9_]*$")
    depth: int = Field(50, gt=0)
    cache: str = ""
    options: dict[str, dict[str, float | str]] = {}


class Answers(BaseModel):
    """`[answers]`: how many quotes, how long, and how sure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quotes: int = Field(4, ge=2)  # one from each side
    shortest: int = Field(40, ge=0)
    longest: int = Field(700, gt=0)
    confidence: float = Field(0.7, ge=0, le=1)
    closest: float = Field(0.6, ge=0)
    answered: float = Field(1.10, ge=0)


class Surfaces(BaseModel):
    """`[surfaces]`: each chat's own options; what they are called is that chat's own matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    telegram: dict[str, Any] = {}


class Settings(BaseSettings):
    """The whole of config/bot.toml."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    corpus: str = "facial-recognition"
    corpora: Annotated[tuple[str, ...], NoDecode] = ()
    corpora_folder: Path = Path("corpus")
    state_folder: str = ""
    reload_seconds: float = Field(300, gt=0)
    fetch: bool = False
    fetch_bytes: int = Field(5 * 1024 * 1024, gt=0)
    fetch_seconds: float = Field(20, gt=0)
    uploads: bool = False
    upload_seconds: float = Field(20, gt=0)
    question_length: int = Field(1000, gt=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    engine: Engine = Engine()
    answers: Answers = Answers()
    surfaces: Surfaces = Surfaces()

    @field_validator("corpora", mode="before")
    @classmethod
    def _between_commas(cls, value: object) -> object:
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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, FILE)


def load(**given: str) -> Settings:
    """Return the settings; those `given` by name, on a command line, win over all others.

    Raises:
        SettingsError: the file is missing or no TOML, or a name or value is wrong.
            Its message holds names and reasons, never a value.
    """
    if not FILE.is_file():
        raise SettingsError(
            str(FILE), "no such file", "start the bot in the folder that holds config and corpus"
        )
    _refuse_unknown(os.environ)
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(FILE), f"no TOML: {error}", "mend that line") from None
    except UnicodeDecodeError:
        raise SettingsError(str(FILE), "not UTF-8", "save it as UTF-8") from None
    except UnreadableError as error:
        raise SettingsError("environment", str(error), "write it as JSON") from None
    except ValidationError as error:
        raise _refusal(error) from None


def validated(model: type[Model], given: Mapping[str, Any], place: str) -> Model:
    """Return the options of a part, `given` in the table at `place`.

    Raises:
        SettingsError: a name or a value there is wrong.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refusal(error, place.split(".")) from None


def variables() -> dict[str, str]:
    """Return the dotted name of each setting, tables left out, by its BOT_ variable."""
    return {_variable(dotted): dotted for dotted in _dotted(Settings)}


def _dotted(model: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _dotted(inner, f"{above}{name}.")
        else:
            yield above + name


def _variable(dotted: str) -> str:
    return PREFIX + dotted.replace(".", "__").upper()


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {*variables(), *ELSEWHERE}
    # What the options of an engine or a chat are called is its own matter.
    own = _variable("engine.options."), _variable("surfaces.telegram.")
    for name in sorted(environment):
        variable = name.upper()
        if variable.startswith(PREFIX) and variable not in known and not variable.startswith(own):
            raise SettingsError(name, "no such setting", f"unset it, or take one from {FILE}")


def _refusal(error: ValidationError, above: Sequence[str] = ()) -> SettingsError:
    """Return the first fault by place and reason alone; pydantic's own text prints the value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = _place([*above, *(str(part) for part in first["loc"])])
    if first["type"] == "extra_forbidden":
        return SettingsError(place, "no such setting", "take it out, or mend its name")
    return SettingsError(place, first["msg"], "mend it")


def _place(names: Sequence[str]) -> str:
    asked = {name.upper() for name in os.environ}
    dotted = [".".join(names[:length]) for length in range(len(names), 0, -1)]
    variable = next((v for name in dotted if (v := _variable(name)) in asked), None)
    return variable or f"{FILE}: {dotted[0]}"
