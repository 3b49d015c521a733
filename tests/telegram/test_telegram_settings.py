from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.surfaces.telegram.settings import SHARED_ACCOUNT_IDS, TelegramSecrets, WebhookSettings

TOKEN = "123456:AAfakefakefakefakefakefakefakefakefake"
NO_NUMBERS = (
    *("@olga", "12,olga", "1_0", "١٢", "１２", "-5", "12,", ",12", "12,,34", "+1", "1" * 16),
    *("1 2", "12;34", "12\n34", "12.0", "1e3", "0x12", "12\u200b", "²"),
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOT_ADMINS", "BOT_API_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        TelegramSecrets.load()
    return str(caught.value)


def test_a_token_alone_is_enough() -> None:
    secrets = TelegramSecrets.load()

    assert secrets.token.get_secret_value() == TOKEN
    assert secrets.admins == frozenset()
    assert secrets.base_url == "https://api.telegram.org"


@pytest.mark.parametrize("value", ["", None])
def test_without_a_token_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("BOT_TOKEN")
    if value is not None:
        monkeypatch.setenv("BOT_TOKEN", value)

    assert refusal() == ("BOT_TOKEN: not set; get a token from @BotFather in Telegram and put it there")


@pytest.mark.parametrize(
    "value", ["sesame", "123456:short", TOKEN + " ", TOKEN + "\n", "x" + TOKEN, "１２:" + "a" * 35]
)
def test_a_token_that_is_no_token_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BOT_TOKEN", value)

    message = refusal()

    assert message == "BOT_TOKEN: not a valid bot token; copy the whole line from @BotFather"
    assert value not in message


def test_a_secret_is_never_printed() -> None:
    assert TOKEN.partition(":")[2] not in repr(TelegramSecrets.load())


@pytest.mark.parametrize(("value", "admins"), [("", set()), ("12", {12}), ("12,34", {12, 34}), (" 12 , 34 ", {12, 34})])
def test_admins_are_numbers_between_commas(monkeypatch: pytest.MonkeyPatch, value: str, admins: set[int]) -> None:
    monkeypatch.setenv("BOT_ADMINS", value)

    assert TelegramSecrets.load().admins == admins


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_an_admin_who_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BOT_ADMINS", value)

    message = refusal()

    assert "is not a numeric id; write ids such as 12345,67890" in message
    assert value not in message


@pytest.mark.parametrize("number", sorted(SHARED_ACCOUNT_IDS))
def test_an_account_that_many_share_is_no_admin(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setenv("BOT_ADMINS", f"12,{number}")

    assert refusal().startswith("BOT_ADMINS: entry 2 is an account of Telegram ")


def test_another_server_is_named_by_its_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_API_URL", "http://127.0.0.1:8081/")

    assert TelegramSecrets.load().base_url == "http://127.0.0.1:8081"


@pytest.mark.parametrize("value", ["localhost:8081", "ftp://x", "8081"])
def test_a_server_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BOT_API_URL", value)

    assert refusal() == ("BOT_API_URL: not a URL; write one such as http://127.0.0.1:8081")


def test_two_faults_are_told_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_TOKEN")
    monkeypatch.setenv("BOT_ADMINS", "@olga")

    assert "\n" not in refusal()


def webhook(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    given = {
        "BOT_WEBHOOK_URL": "https://bot.example.org/",
        "BOT_WEBHOOK_SECRET": "sixteen-letters_or-more",
        "PORT": "8080",
    }
    for name, value in (given | variables).items():
        monkeypatch.setenv(name, value)


def refused_hook() -> str:
    with pytest.raises(SettingsError) as caught:
        WebhookSettings.load()
    return str(caught.value)


def test_without_an_address_there_is_no_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "no number")

    assert WebhookSettings.load() is None


def test_a_webhook_that_is_insisted_on_must_be_there() -> None:
    with pytest.raises(SettingsError, match="BOT_WEBHOOK_URL: not set; write the public https URL"):
        WebhookSettings.load(required=True)


def test_a_webhook_listens_to_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    webhook(monkeypatch)

    hook = WebhookSettings.load()

    assert hook is not None
    assert (hook.base_url, hook.port, hook.listen_host) == ("https://bot.example.org", 8080, "")


def test_a_webhook_of_this_machine_listens_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    webhook(monkeypatch, BOT_WEBHOOK_URL="http://127.0.0.1:8080")

    hook = WebhookSettings.load()

    assert hook is not None
    assert hook.listen_host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BOT_WEBHOOK_URL", "http://bot.example.org", "not an https URL"),
        ("BOT_WEBHOOK_URL", "bot.example.org", "not a URL"),
        ("BOT_WEBHOOK_URL", "https://bot.example.org/?key=sesame", "has a query or fragment"),
        ("BOT_WEBHOOK_SECRET", "", "not set; write at least 16 random letters"),
        ("BOT_WEBHOOK_SECRET", "sesame", "not a secret that Telegram accepts"),
        ("BOT_WEBHOOK_SECRET", "sesame sesame sesame", "not a secret that Telegram accepts"),
        ("BOT_WEBHOOK_SECRET", "s" * 257, "not a secret that Telegram accepts"),
        ("PORT", "", "not set; set it, or unset BOT_WEBHOOK_URL"),
        ("PORT", "sesame", "not a port; write a number from 1 to 65535"),
        ("PORT", "65536", "not a port"),
    ],
)
def test_a_webhook_that_could_not_work_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    webhook(monkeypatch, **{name: value})

    message = refused_hook()

    assert message.startswith(f"{name}: {told}")
    assert "sesame" not in message


def test_the_secret_of_a_webhook_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    webhook(monkeypatch)

    assert "sixteen" not in repr(WebhookSettings.load())
