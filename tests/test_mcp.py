"""Programs ask by the Model Context Protocol: with the SDK's own client, over both of its transports."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import httpx
import pytest

from bot import bootstrap, cli, settings
from bot.corpus.manifest import is_open_licence
from bot.errors import BotError, SettingsError
from bot.surfaces import mcp as surface
from bot.surfaces.mcp import MAX_PASSAGES, McpOptions, bind, build_app, build_server, require_token
from tests.corpus_folders import ANN, BOB, HEADER, NEVER, UNSAFE, article, corpus

pytest.importorskip("mcp.server.mcpserver", reason="the extra `mcp` is not installed")

from collections.abc import AsyncIterator, Iterator

import uvicorn
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError

from bot.service.router import Router

OPEN = HEADER.replace("publisher", 'licence = "Open Government Licence v3.0"\npublisher')
CLOSED_TEXT = "Nobody may pass on this sentence of the Gazette, which stands between two quotations of the mayor."


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Router:
    """Return an invented corpus of one text that is open and two that are not, one of many paragraphs."""
    folder = corpus(tmp_path_factory.mktemp("mcp"))
    (folder / "a.txt").write_text(OPEN.format(title="Open") + ANN, "utf-8")
    (folder / "b.txt").write_text(article(BOB, CLOSED_TEXT, title="Closed"), "utf-8")
    many = (f"Bob Low said: “Ferry number {n} was never late in all my years on the river.”\n" for n in range(25))
    (folder / "c.txt").write_text(article(*many, title="Many"), "utf-8")
    return asyncio.run(bootstrap.build_router(settings.Settings(corpus="bridge", corpora_folder=folder.parent)))


@asynccontextmanager
async def served(router: Router, token: str = "", options: McpOptions | None = None) -> AsyncIterator[str]:
    """Serve HTTP on a free port of loopback, and yield the address."""
    options = options or McpOptions(port=0)
    listener = bind(options.host, options.port)
    app = build_app(build_server(router), options, token)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  it sets no event
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        await task


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def read(client: Client, address: str) -> dict[str, Any]:
    [content] = (await client.read_resource(address)).contents
    assert content.mime_type == "application/json"
    found: dict[str, Any] = json.loads(content.model_dump()["text"])
    return found


async def test_every_tool_answers_with_the_json_of_the_command_line(router: Router) -> None:
    async with served(router) as address, Client(address) as client:
        tools = (await client.list_tools()).tools
        asked = await call(client, "ask", question="Was the bridge unsafe in May?")
        verified = await call(client, "verify", text=f"Bob Low said: “{UNSAFE}”")
        spoken = await call(client, "by", name="Bob Low", topic="repairs")
        sides = await call(client, "sides", topic="unsafe bridge")
        shown = await call(client, "show", id=asked["quotes"][0]["id"])
        [listed] = (await call(client, "corpora"))["corpora"]

    assert [tool.name for tool in tools] == ["ask", "verify", "show", "by", "sides", "corpora"]
    assert all("never paraphrase inside quotation marks" in (tool.description or "") for tool in tools)
    assert asked["status"] == "answered"
    assert asked["quotes"][0]["text"] == UNSAFE
    assert [each["verdict"] for each in verified["quotes"]] == ["other_voice"]
    assert spoken["quotes"][0]["text"] == NEVER
    assert [quote["text"] for quote in sides["quotes"]] == [UNSAFE]
    assert sides["silent_sides"] == ["against"]
    assert shown["quote"]["text"] == UNSAFE
    assert (listed["name"], len(listed["documents"])) == ("bridge", 3)


async def test_a_text_is_passed_on_only_where_its_licence_is_open(router: Router) -> None:
    async with served(router) as address, Client(address) as client:
        opened = await call(client, "show", id="a")
        closed = await call(client, "show", id="b")
        resources = [await read(client, f"record://documents/{name}") for name in ("a", "b")]

    assert UNSAFE in opened["text"]
    assert opened["licence"] == "Open Government Licence v3.0"
    assert closed["text"] is None
    assert resources[0]["text"] == opened["text"]
    assert resources[1]["text"] is None


async def test_of_any_other_text_ten_passages_come_at_once(router: Router) -> None:
    async with served(router) as address, Client(address) as client:
        first = await call(client, "show", id="c")
        last = await call(client, "show", id="c", offset=first["next"] * 4)

    assert len(first["quotes"]) <= MAX_PASSAGES
    assert first["next"] == MAX_PASSAGES
    assert last["next"] is None
    assert {quote["id"] for quote in first["quotes"]}.isdisjoint(quote["id"] for quote in last["quotes"])


async def test_a_quote_is_a_resource_and_an_unknown_one_is_refused(router: Router) -> None:
    async with served(router) as address, Client(address) as client:
        asked = await call(client, "ask", question="Was the bridge unsafe in May?")
        resource = await read(client, f"record://quotes/{asked['quotes'][0]['id']}")
        with pytest.raises(MCPError, match="no document or quote of bridge"):
            await client.read_resource("record://quotes/AAAAAAAA")

    assert resource["quote"]["text"] == UNSAFE


async def test_what_is_withheld_is_in_no_answer(router: Router) -> None:
    service = router.for_chat()
    [verification] = service.verify(f"“{UNSAFE}”")
    quote = verification.matches[0].quote
    await service.admin._live.withhold(quote, "wrong")  # noqa: SLF001  as its command does
    async with served(router) as address, Client(address) as client:
        shown = await call(client, "show", id=quote.id)
        document = await call(client, "show", id="a")
        verified = await call(client, "verify", text=f"“{UNSAFE}”")
    await service.admin._live.release(quote.id)  # noqa: SLF001  the same

    assert shown == {"status": "withheld", "quote": None}
    assert document["text"] is None
    assert UNSAFE not in json.dumps([shown, document, verified["quotes"][0]["matches"]], ensure_ascii=False)


MALFORMED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ask", {}),
    ("ask", {"question": 5}),
    ("ask", {"question": "x", "after": "not a list"}),
    ("ask", {"question": "x", "corpus": "nowhere"}),
    ("verify", {"words": "x"}),
    ("show", {"id": "nothing"}),
    ("show", {"id": "a", "offset": -1}),
    ("by", {"name": "Nobody At All"}),
    ("by", {"name": "Bob Low", "page": 0}),
    ("sides", {"topics": "x"}),
    ("delete", {"everything": True}),
)
SOUND: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ask", {"question": "Was the bridge unsafe in May?"}),
    ("ask", {"question": "", "after": ["repairs"]}),
    ("verify", {"text": f"Ann Bell said: “{UNSAFE}”"}),
    ("verify", {"text": ""}),
    ("by", {"name": "Ann Bell"}),
    ("sides", {"topic": "unsafe bridge"}),
    ("show", {"id": "b"}),
    ("corpora", {}),
)


@pytest.mark.no_cover
async def test_many_calls_half_of_them_malformed_are_answered_or_refused(router: Router, times: int) -> None:
    count = 50 * times
    random = Random(1)
    calls = [random.choice(MALFORMED if number % 2 else SOUND) for number in range(count)]
    async with served(router) as address, Client(address) as client:
        results = [await client.call_tool(tool, arguments) for tool, arguments in calls]

    assert [result.is_error for result in results] == [bool(number % 2) for number in range(count)]
    assert all("Traceback" not in str(result.content) for result in results)


async def test_a_stranger_of_the_network_is_refused(router: Router) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    async with served(router) as address, httpx.AsyncClient() as client:
        rebound = await client.post(address, json=request, headers=accept | {"Host": "evil.example"})
        foreign = await client.post(address, json=request, headers=accept | {"Origin": "https://evil.example"})
        own = await client.post(address, json=request, headers=accept | {"Origin": address.removesuffix("/mcp")})

    assert rebound.status_code == 421
    assert foreign.status_code == 403
    assert own.status_code == 200


async def test_with_a_token_whoever_has_it_is_served(router: Router) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    async with served(router, "secret") as address, httpx.AsyncClient() as client:
        statuses = [
            (await client.post(address, json=request, headers=accept | headers)).status_code
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer secret"})
        ]

    assert statuses == [401, 401, 200]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
def test_no_other_address_is_served_without_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no token is set; set BOT_MCP_TOKEN"):
        require_token(host, "")
    require_token(host, "secret")
    require_token("127.0.0.1", "")

    monkeypatch.setenv("BOT_SURFACES__MCP__HOST", host)
    assert cli.main(["mcp", "--http"]) == cli.EXIT_BAD_INPUT


def test_an_address_that_is_taken_is_told() -> None:
    listener = bind("127.0.0.1", 0)
    listener.listen()
    try:
        with pytest.raises(BotError, match=r"cannot be served: .*; choose another in surfaces\.mcp"):
            bind("127.0.0.1", listener.getsockname()[1])
    finally:
        listener.close()


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name}", name="mcp")

    monkeypatch.setattr(surface, "import_module", refuse)

    assert cli.main(["mcp"]) == cli.EXIT_BAD_INPUT
    assert (
        "mcp is not installed; install the extra: make mcp, or pip install 'on-the-record[mcp]'"
        in capsys.readouterr().err
    )


async def test_stdin_and_stdout_serve_the_same() -> None:
    command = StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], cwd=str(Path.cwd()))
    async with Client(stdio_client(command)) as client:
        asked = await call(client, "ask", question="What about privacy?")
        refused = await client.call_tool("ask", {"question": ["not", "words"]})

    assert asked["quotes"]
    assert refused.is_error


class HttpProcess(NamedTuple):
    """`python -m bot mcp --http`, where it is served, and the file that its log lines go to."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path


@contextmanager
def start_http(log: Path, **variables: str) -> Iterator[HttpProcess]:
    """Start the command on a free port, as an operator does, and end it."""
    environment = {**os.environ, "BOT_SURFACES__MCP__PORT": "0", **variables}
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "bot", "mcp", "--http"], env=environment, stderr=file)
    try:
        while not (address := re.search(r"http://\S+/mcp", log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.02)
        yield HttpProcess(process, address[0].replace("0.0.0.0", "127.0.0.1"), log)
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def connect(address: str, **headers: str) -> AsyncIterator[Client]:
    """Connect the SDK's client, which sends these `headers` besides its own."""
    async with (
        create_mcp_http_client(headers) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


async def is_served(address: str, **headers: str) -> bool:
    """Return whether the SDK's client gets the tools there."""
    tools: list[object] = []
    try:
        async with connect(address, **headers) as client:
            tools += (await client.list_tools()).tools
    except* MCPError:
        assert not tools
    return bool(tools)


def test_whoever_connects_before_it_is_served_waits() -> None:
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), timeout=1):
        pass


async def test_http_is_served_to_this_machine_and_to_no_web_page(tmp_path: Path) -> None:
    with start_http(tmp_path / "log") as server:
        async with connect(server.address) as client:
            asked = await call(client, "ask", question="What about privacy?")
            refused = await client.call_tool("ask", {"question": ["not", "words"]})
        own = await is_served(server.address, Origin=server.address.removesuffix("/mcp"))
        rebound = await is_served(server.address, Host="evil.example")
        foreign = await is_served(server.address, Origin="https://evil.example")

    assert asked["quotes"]
    assert refused.is_error
    assert (own, rebound, foreign) == (True, False, False)
    lines = [line for line in server.log.read_text("utf-8").splitlines() if not line.startswith("http://")]
    assert any("evil.example" in line for line in lines)
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ \S+ ", line) for line in lines)


async def test_http_beyond_this_machine_is_served_to_whoever_has_the_token_alone(tmp_path: Path) -> None:
    place = {"BOT_SURFACES__MCP__HOST": "0.0.0.0", "BOT_SURFACES__MCP__NAMES": "a.example, record.example"}
    with start_http(tmp_path / "log", **place, BOT_MCP_TOKEN="secret") as server:
        bearer = {"Authorization": "Bearer secret"}
        without = [await is_served(server.address), await is_served(server.address, Authorization="Bearer wrong")]
        by_name = await is_served(server.address, Host="record.example", **bearer)
        rebound = await is_served(server.address, Host="evil.example", **bearer)

    assert (without, by_name, rebound) == ([False, False], True, False)
    assert "secret" not in server.log.read_text("utf-8")


@pytest.mark.parametrize(
    ("licence", "is_open"),
    [
        ("Open Government Licence v3.0", True),
        ("OGL", True),
        ("Open Parliament Licence v3.0", True),
        ("CC BY 4.0", True),
        ("CC-BY-SA-4.0", True),
        ("CC0 1.0", True),
        ("Public domain", True),
        ("Creative Commons Attribution 4.0 International", True),
        ("CC BY-NC 4.0", False),
        ("CC BY-ND 4.0", False),
        ("Creative Commons Attribution-NonCommercial", False),
        ("Creative Commons Attribution-NoDerivatives 4.0", False),
        ("not in the public domain", False),
        ("All rights reserved", False),
        ("free to use, with or without this line", False),
        (None, False),
    ],
)
def test_what_anybody_may_pass_on_is_an_open_licence(licence: str | None, is_open: bool) -> None:  # noqa: FBT001
    assert is_open_licence(licence) is is_open
