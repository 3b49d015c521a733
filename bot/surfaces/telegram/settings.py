"""What this surface must be told, from the environment alone; no value is ever shown."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{30,}")
_ID = re.compile(r"[0-9]{1,15}")
# Telegram's own accounts: whoever writes as a group, for a linked channel or as a
# channel has one of these, so naming one would make admins of strangers.
SHARED = frozenset({1087968824, 777000, 136817688})


def ids(written: object) -> object:
    """Return the numeric ids in `written`, between commas; empty is nobody.

    >>> sorted(ids("12, 7"))
    [7, 12]
    """
    if not isinstance(written, str):
        return written
    found = [part.strip() for part in written.split(",")] if written.strip() else []
    for place, part in enumerate(found, 1):
        if not _ID.fullmatch(part):
            raise _wrong(f"entry {place} is no numeric id", "write ids such as 12345,67890")
        if int(part) in SHARED:
            raise _wrong(
                f"entry {place} is an account of Telegram's that many people share",
                "write the ids of persons",
            )
    return frozenset(map(int, found))


class Secrets(BaseSettings):
    """BOT_TOKEN, BOT_ADMINS and BOT_API_URL, the root of another Bot API server."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_", env_ignore_empty=True, hide_input_in_errors=True, frozen=True
    )

    token: SecretStr
    admins: Annotated[frozenset[int], NoDecode, BeforeValidator(ids)] = frozenset()
    api_url: HttpUrl = HttpUrl("https://api.telegram.org")

    @field_validator("token")
    @classmethod
    def _has_the_shape(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise _wrong("is no bot token", "copy the whole line that @BotFather gave")
        return token

    @property
    def root(self) -> str:
        """The Bot API server's address, without a slash at its end."""
        return str(self.api_url).rstrip("/")

    @classmethod
    def load(cls) -> Self:
        """Return what the environment says.

        Raises:
            SettingsError: a variable is missing or wrong; its value is not in the message.
        """
        try:
            return cls()
        except ValidationError as error:
            raise _refusal(error) from None


class Options(BaseModel):
    """How it works, in numbers.

    `concurrency` is both how many questions are under way at once and how many
    updates are taken at once, so at most that many are handled twice after a
    crash. `deadline`, in seconds, bounds each. `wait` is how long Telegram may
    hold a poll open. `pauses` lie between the tries of a send.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    concurrency: int = Field(32, ge=2, le=100)
    deadline: float = Field(20.0, gt=0)
    wait: int = Field(30, ge=0, le=50)
    pauses: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)


def _wrong(fact: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{fact}", {"fact": fact, "remedy": remedy})


def _refusal(error: ValidationError) -> SettingsError:
    first = error.errors(include_url=False, include_input=False)[0]
    variable = f"BOT_{first['loc'][0]}".upper()
    if first["type"] == "missing":
        return SettingsError(
            variable, "not set", "get a token from @BotFather in Telegram and put it there"
        )
    if first["type"] == "wrong":
        return SettingsError(variable, first["msg"], first["ctx"]["remedy"])
    return SettingsError(variable, "is no web address", "write one such as http://127.0.0.1:8081")
