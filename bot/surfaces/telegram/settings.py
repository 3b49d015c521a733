"""Settings of the surface: secrets from the environment, never shown, and options with limits."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{30,}")
_ACCOUNT_ID = re.compile(r"[0-9]{1,15}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_LOOPBACK_HOSTS = {"127.0.0.1", "localhost"}
_REMEDIES = {
    "BOT_TOKEN": "get a token from @BotFather in Telegram and put it there",
    "BOT_WEBHOOK_URL": "write the public https URL of this bot",
    "BOT_WEBHOOK_SECRET": "write at least 16 random letters there",
    "PORT": "set it, or unset BOT_WEBHOOK_URL to poll",
}
# Telegram's own accounts. Anyone writing as a group, from a linked channel or as a
# channel has one of these, so to list one would make strangers admins.
SHARED_ACCOUNT_IDS = frozenset({1087968824, 777000, 136817688})


def parse_ids(value: object) -> object:
    """Parse numeric ids between commas; an empty string is nobody.

    >>> sorted(parse_ids("12, 7"))
    [7, 12]
    """
    if not isinstance(value, str):
        return value
    entries = [entry.strip() for entry in value.split(",")] if value.strip() else []
    for position, entry in enumerate(entries, 1):
        if not _ACCOUNT_ID.fullmatch(entry):
            raise _build_value_error(f"entry {position} is not a numeric id", "write ids such as 12345,67890")
        if int(entry) in SHARED_ACCOUNT_IDS:
            raise _build_value_error(
                f"entry {position} is an account of Telegram that many people share", "write the ids of people"
            )
    return frozenset(map(int, entries))


class TelegramSecrets(BaseSettings):
    """BOT_TOKEN, BOT_ADMINS and BOT_API_URL, the URL of another Bot API server."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_", env_ignore_empty=True, hide_input_in_errors=True, frozen=True, defer_build=True
    )

    token: SecretStr
    admins: Annotated[frozenset[int], NoDecode, BeforeValidator(parse_ids)] = frozenset()
    api_url: HttpUrl = HttpUrl("https://api.telegram.org")

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr) -> SecretStr:
        """Return `token`, or refuse it if BotFather gives no such tokens."""
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise _build_value_error("not a valid bot token", "copy the whole line from @BotFather")
        return token

    @property
    def base_url(self) -> str:
        """The URL of the Bot API server without a trailing slash."""
        return str(self.api_url).rstrip("/")

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            SettingsError: a variable is missing or wrong; its value is not in the message.
        """
        try:
            return cls()
        except ValidationError as error:
            raise _build_settings_error(error) from None


class WebhookSettings(BaseSettings):
    """BOT_WEBHOOK_URL, BOT_WEBHOOK_SECRET and PORT, for updates that Telegram pushes."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, hide_input_in_errors=True, frozen=True, populate_by_name=True, defer_build=True
    )

    url: HttpUrl = Field(alias="BOT_WEBHOOK_URL")
    secret: SecretStr = Field(alias="BOT_WEBHOOK_SECRET")
    port: int = Field(alias="PORT", ge=1, le=65535)

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: HttpUrl) -> HttpUrl:
        """Accept https, or http to this machine; refuse a query or a fragment."""
        if url.scheme != "https" and url.host not in _LOOPBACK_HOSTS:
            raise _build_value_error("not an https URL", "write one that begins with https://")
        if url.query or url.fragment:
            raise _build_value_error("has a query or fragment", "leave out ? or # and the rest")
        return url

    @field_validator("secret")
    @classmethod
    def _check_secret(cls, secret: SecretStr) -> SecretStr:
        """Return `secret`, or refuse it if Telegram takes no such secrets, or if it is short."""
        if not _SECRET.fullmatch(secret.get_secret_value()):
            raise _build_value_error(
                "not a secret that Telegram accepts", "write 16 to 256 random letters, digits, _ or -"
            )
        return secret

    @property
    def base_url(self) -> str:
        """The URL without a trailing slash."""
        return str(self.url).rstrip("/")

    @property
    def listen_host(self) -> str:
        """The interface to listen on: loopback if the URL is, otherwise all."""
        return "127.0.0.1" if self.url.host in _LOOPBACK_HOSTS else ""

    @classmethod
    def load(cls, *, required: bool = False) -> Self | None:
        """Read the environment; None without BOT_WEBHOOK_URL, unless `required`.

        Raises:
            SettingsError: a variable is missing or wrong; its value is not in the message.
        """
        if not required and not os.environ.get("BOT_WEBHOOK_URL"):
            return None
        try:
            return cls()
        except ValidationError as error:
            raise _build_settings_error(error) from None


class _OptionsTable(BaseModel):
    """A table of the settings: any key but its own is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Rate(_OptionsTable):
    """A token bucket: `burst` at once, then one every `every` seconds.

    In any `t` seconds that is at most `burst + t / every`.
    """

    burst: int = Field(gt=0)
    every: float = Field(ge=0)


class SendRates(_OptionsTable):
    """Outbound rates below Telegram's limits.

    Those are thirty messages a second in all, one a second per chat, where short bursts
    pass, and twenty a minute per group (core.telegram.org/bots/faq).
    """

    overall: Rate = Rate(burst=5, every=0.04)
    chat: Rate = Rate(burst=4, every=1.0)
    group: Rate = Rate(burst=5, every=4.0)


class FloodLimits(_OptionsTable):
    """Inbound rates for one person and for a whole group.

    No higher than the outbound rates: answers waiting to be sent delay the updates
    behind them once there are a hundred.
    """

    person: Rate = Rate(burst=5, every=3.0)
    group: Rate = Rate(burst=5, every=4.0)


class FollowOptions(_OptionsTable):
    """Options of following: whether it is on, wishes of a chat, hours (UTC), days without a press, minutes of a look.

    The messages say that nothing comes between 21:00 and 8:00 and that a year without a press ends a wish, so the
    settings can only be stricter.
    """

    enabled: bool = True
    wishes: int = Field(10, ge=1, le=10)
    from_hour: int = Field(8, ge=8, le=20)
    until_hour: int = Field(21, ge=9, le=21)
    days: int = Field(365, ge=1, le=365)
    minutes: float = Field(10.0, gt=0)


# Values of `heartbeat` that name no file.
AUTOMATIC_HEARTBEAT, NO_HEARTBEAT = "auto", "none"


class TelegramOptions(_OptionsTable):
    """Options of the surface, which `config/bot.toml` explains; times are in seconds."""

    concurrency: int = Field(32, ge=2, le=100)
    deadline: float = Field(20.0, gt=0)
    wait: int = Field(30, ge=0, le=50)
    patience: float = Field(5.0, gt=0)
    pauses: tuple[Annotated[float, Field(gt=0)], ...] = Field((0.5, 1.0, 2.0, 4.0), min_length=1)
    longest: float = Field(15.0, gt=0)
    conflict: float = Field(120.0, gt=0)
    stale: float = Field(3600.0, gt=0)
    cached: int = Field(30, ge=0, le=86_400)
    believed: float = Field(300.0, ge=0)
    upload: int = Field(5 * 1024 * 1024, gt=0, le=20 * 1024 * 1024)
    group_quotes: int = Field(2, ge=1, le=4)
    reports: int = Field(3, ge=1)
    # By tests/benchmarks/message_length.py, a whole message then has a median of 450 characters for the bundled debate
    # in a group, and of 1,100 for a parliament's record in a private chat.
    group_characters: int = Field(360, gt=0)
    private_characters: int = Field(850, gt=0)
    # /privacy says half an hour.
    memory_minutes: float = Field(30.0, ge=0, le=30)
    private_looks: bool = True
    unanswered: bool = True
    unanswered_digest: bool = False
    heartbeat: str = AUTOMATIC_HEARTBEAT
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(0, ge=0, le=65_535)
    rates: SendRates = SendRates()
    flood: FloodLimits = FloodLimits()
    follow: FollowOptions = FollowOptions()

    @property
    def heartbeat_file(self) -> Path | None:
        """The file for the heartbeat; None also for `auto`, which the start replaces by a file."""
        return None if self.heartbeat in {AUTOMATIC_HEARTBEAT, NO_HEARTBEAT} else Path(self.heartbeat)


def _build_value_error(fact: str, remedy: str) -> PydanticCustomError:
    """Build the error whose fact and remedy `_build_settings_error` shows."""
    return PydanticCustomError("wrong", "{fact}", {"fact": fact, "remedy": remedy})


def _build_settings_error(error: ValidationError) -> SettingsError:
    """Build the error for the first variable that is wrong, without its value."""
    first_error = error.errors(include_url=False, include_input=False)[0]
    name = str(first_error["loc"][0])
    variable = name if name.isupper() else f"BOT_{name}".upper()
    if first_error["type"] == "missing":
        return SettingsError(variable, "not set", _REMEDIES[variable])
    if first_error["type"] == "wrong":
        return SettingsError(variable, first_error["msg"], first_error["ctx"]["remedy"])
    if variable == "PORT":
        return SettingsError(variable, "not a port", "write a number from 1 to 65535")
    return SettingsError(variable, "not a URL", "write one such as http://127.0.0.1:8081")
