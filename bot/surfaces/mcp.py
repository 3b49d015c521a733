"""A surface for programs: the Model Context Protocol, over stdin and stdout or over HTTP.

Every answer is the JSON of the command line, and none has a sentence of its own. The SDK is imported when the
surface runs; its extra is `mcp`. Over HTTP the address is loopback, and Host and Origin must be too, so that no web
page can reach it by another name; any other address is served only to whoever has BOT_MCP_TOKEN.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot import bootstrap
from bot.answers.answer import Answer
from bot.answers.quoting import QuoteLengths, select_quote
from bot.corpus.manifest import is_open_licence
from bot.errors import BotError, NotFoundError, SettingsError
from bot.log_output import configure_logging
from bot.model import Document, Passage, Quote, Span, is_quote_id
from bot.replies import json_output
from bot.replies.json_output import Json
from bot.service import Service
from bot.service.admin import read_package_version
from bot.service.router import Router
from bot.settings import Settings, find_place

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    Tool = Callable[..., Awaitable[Json]]
    Scope = MutableMapping[str, Any]
    App = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]

COMMAND = "mcp"
TOKEN_VARIABLE = "BOT_MCP_TOKEN"  # noqa: S105  its name
VARIABLES = frozenset({TOKEN_VARIABLE})
SWITCHES = {"http": "Serve HTTP, at the address that the settings name, in place of stdin and stdout."}

# At most so many passages are quoted in one answer, where a document may not be passed on as a whole.
MAX_PASSAGES = 10
# At most so many characters of an openly licensed document in one answer: some 5,000 tokens of a language model.
MAX_TEXT_LENGTH = 20_000
_LENGTHS = QuoteLengths()

INSTRUCTIONS = """\
These tools return what people said in one policy debate: verbatim quotes with speaker, role, side, source and place.
Quote `text` exactly as it stands, name its `voice`, and give its `url`. Never paraphrase inside quotation marks, never
join two quotes into one, and never give a quote to anybody but its `voice`; where that is null the speaker is not
certain. `side` was set by a curator. An answer with the status "abstained" means that nobody here is quoted on that:
say so, and quote nobody. Check any quotation that you did not get from here with `verify` before you use it."""
_RESOURCES = {
    "record://quotes/{id}": ("read_quote", "A quote with its voice, its source and its place."),
    "record://documents/{id}": (
        "read_document",
        "The publication facts of a document, and as much of it as its licence lets anybody pass on.",
    ),
}
_VERBATIM = " Quote `text` verbatim, with its voice and its link; never paraphrase inside quotation marks."


class McpOptions(BaseModel):
    """`[surfaces.mcp]`: where HTTP is served."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    host: str = "127.0.0.1"
    port: int = Field(8765, ge=0, le=65535)
    # Names by which others reach it, besides those of loopback, as the Host header has them.
    names: tuple[str, ...] = ()

    @field_validator("names", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        """Split the names that the environment gives between commas, as in BOT_CORPORA."""
        return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


Options = McpOptions


def run(settings: Settings, options: McpOptions, *, http: bool = False) -> None:
    """Serve programs by the Model Context Protocol. They ask, verify and look up as people do."""
    try:
        import_module("mcp.server.mcpserver")
    except ModuleNotFoundError as error:
        remedy = "install the extra: make mcp, or pip install 'on-the-record[mcp]'"
        raise SettingsError(COMMAND, f"{error.name} is not installed", remedy) from None
    token = os.environ.get(TOKEN_VARIABLE, "")
    if http:
        require_token(options.host, token)
    # Before the SDK, which leaves a configured log alone; it would also log each request.
    configure_logging(settings.log_level, settings.log_format)
    logging.getLogger("mcp").setLevel(logging.WARNING)
    asyncio.run(_serve(settings, options, token if http else None))


def require_token(host: str, token: str) -> None:
    """Refuse an address that others can reach, where no token is set.

    Raises:
        SettingsError: `host` is not loopback, and there is no token.
    """
    if not is_loopback(host) and not token:
        fact = "others can reach this address, and no token is set"
        raise SettingsError(find_place("surfaces.mcp.host"), fact, f"set {TOKEN_VARIABLE}, or use 127.0.0.1")


def is_loopback(host: str) -> bool:
    """Return whether `host` can be reached from this machine alone; any name but localhost may lead elsewhere.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _serve(settings: Settings, options: McpOptions, token: str | None) -> None:
    """Serve stdin and stdout where `token` is None, else HTTP; an empty one lets anybody in."""
    server = build_server(await bootstrap.build_router(settings))
    if token is None:
        await server.run_stdio_async()
        return
    uvicorn = import_module("uvicorn")
    listener = bind(options.host, options.port)
    host, port = listener.getsockname()[:2]
    print(f"http://{host}:{port}/mcp", file=sys.stderr, flush=True)  # noqa: T201  where it is served
    app = build_app(server, options, token)
    config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve(sockets=[listener])


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; a connection waits until it is served.

    Raises:
        BotError: the address is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, dualstack_ipv6=family is socket.AF_INET6)
    except OSError as error:
        # Python adds the address to the reason.
        fact = f"cannot be served: {(error.strerror or str(error)).partition(' (')[0]}"
        raise BotError(f"{host}:{port}", fact, "choose another in surfaces.mcp") from None


def build_app(server: MCPServer[Any], options: McpOptions, token: str) -> App:
    """Return the HTTP application: without sessions, reached by loopback's names and those of `options`.

    Requests must carry `token`, unless that is empty.
    """
    security = import_module("mcp.server.transport_security")
    names = ["127.0.0.1", "localhost", "[::1]", *options.names]
    hosts = [host for name in names for host in (name, f"{name}:*")]
    settings = security.TransportSecuritySettings(
        allowed_hosts=hosts, allowed_origins=[f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")]
    )
    app = server.streamable_http_app(stateless_http=True, json_response=True, transport_security=settings)
    return require_bearer(app, token) if token else app


def require_bearer(app: App, token: str) -> App:
    """Wrap `app`: an HTTP request without the bearer `token` gets 401 and an empty body, and does not reach it."""
    expected = f"Bearer {token}".encode()

    async def check_request(
        scope: Scope, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        """Pass a request on to `app` if it carries the token or is not HTTP, else answer 401."""
        given = dict(scope.get("headers", ())).get(b"authorization", b"")
        if scope["type"] != "http" or hmac.compare_digest(given, expected):
            await app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return check_request


CorpusName = Annotated[str | None, Field(description="Which corpus; see `corpora`. The first one if left out.")]


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools: each asks the corpora that are served, and returns JSON.

    Raises:
        NotFoundError: nothing has the name or the id that was given.
    """

    router: Router

    async def ask(
        self,
        question: Annotated[str, Field(description="A question in words.")],
        after: Annotated[list[str] | None, Field(description="Questions asked before it, oldest first.")] = None,
        corpus: CorpusName = None,
    ) -> Json:
        """Find quotes that match a question, from both sides where both match."""
        service = await self._open(corpus)
        answer = await asyncio.to_thread(service.answer, question, after or ())
        return await _record_answer(service, answer)

    async def verify(
        self,
        text: Annotated[str, Field(description="A text with quotations, such as 'Ann Low said: “...”'.")],
        corpus: CorpusName = None,
    ) -> Json:
        """Check whether quotations are in the corpus, in these words and in this voice; never whether they are true."""
        service = await self._open(corpus)
        verifications = await asyncio.to_thread(service.verify, text)
        await service.record_shown([match.quote for each in verifications for match in each.matches])
        return {"quotes": [json_output.verification_to_json(each) for each in verifications]}

    async def list_spoken(
        self,
        name: Annotated[str, Field(description="A name as the corpus has it, or a part of it.")],
        topic: Annotated[str, Field(description="What about; everything if left out.")] = "",
        page: Annotated[int, Field(ge=1)] = 1,
        corpus: CorpusName = None,
    ) -> Json:
        """Return what one voice said, oldest first, a page at a time; or whom an ambiguous name may mean."""
        service = await self._open(corpus)
        speaker_page = await service.find_speaker_page(f"{name}, {topic}" if topic else name, page)
        if speaker_page is None:
            raise NotFoundError(name, f"nobody of {service.corpus.name} is called that", "see `corpora` for its voices")
        await service.record_shown([chosen.quote for chosen in speaker_page.quotes])
        return json_output.speaker_page_to_json(speaker_page)

    async def compare_sides(
        self,
        topic: Annotated[str, Field(description="A topic in words.")],
        page: Annotated[int, Field(ge=1)] = 1,
        corpus: CorpusName = None,
    ) -> Json:
        """Return each side's best quote of each voice on a topic, equally many; a side that has none is silent."""
        service = await self._open(corpus)
        answer = await asyncio.to_thread(service.compare_sides, topic, page)
        return await _record_answer(service, answer)

    async def show(
        self,
        id: Annotated[str, Field(description="The id of a quote or of a document.")],  # noqa: A002  as in the JSON
        offset: Annotated[int, Field(ge=0, description="Where to go on: the `next` of the last answer.")] = 0,
        corpus: CorpusName = None,
    ) -> Json:
        """Return a quote, or a document: its publication facts, and its text or its passages as quotes."""
        service = await self._open(corpus)
        document = next((each for each in service.corpus.documents if each.id == id), None)
        if document:
            return await _show_document(service, document, offset)
        return await _show_quote(service, id.upper())

    async def find(self, id: str) -> Json:  # noqa: A002  as in `show`
        """Return what `show` returns, from the first corpus that has `id`; raise a NotFoundError where none has."""
        for name in self.router.services:
            with suppress(NotFoundError):
                return await self.show(id, corpus=name)
        return await self.show(id)

    async def list_corpora(self) -> Json:
        """List the corpora: the debate, its motion, its voices and their sides, and its documents."""
        return {"corpora": [json_output.corpus_to_json(service.corpus) for service in self.router.services.values()]}

    async def _open(self, name: str | None) -> Service:
        """Return the service of the corpus called `name`, the first if None, refreshed with other processes' holds."""
        services = self.router.services
        if name is not None and name not in services:
            raise NotFoundError(name, "no such corpus", f"choose from {', '.join(services)}")
        service = self.router.for_chat() if name is None else services[name]
        await service.refresh()
        return service


async def _record_answer(service: Service, answer: Answer) -> Json:
    """Record the quotes of an answer as shown, and return it as JSON."""
    await service.record_shown([chosen.quote for chosen in answer.quotes])
    return json_output.answer_to_json(answer)


async def _show_quote(service: Service, quote_id: str) -> Json:
    """Return a quote, recorded as shown, or that it is withheld or gone; raise a NotFoundError for an unknown id."""
    quote = await asyncio.to_thread(service.find_quote, quote_id) if is_quote_id(quote_id) else None
    if quote and quote.is_intact:
        await service.record_shown([quote])
        return {"status": "shown", "quote": json_output.quote_to_json(quote)}
    if quote or not is_quote_id(quote_id) or not await asyncio.to_thread(service.knows_quote, quote_id):
        raise NotFoundError(quote_id, f"no document or quote of {service.corpus.name}", "copy an id from an answer")
    return {"status": "withheld" if service.is_withheld(quote_id) else "gone", "quote": None}


async def _show_document(service: Service, document: Document, offset: int) -> Json:
    """Return a document's facts with a part of its text, or, where it may not be passed on whole, with quotes of it.

    `offset` counts characters of the text, else passages. The quotes are recorded as shown.
    """
    record = json_output.publication_to_json(document)
    if part := await asyncio.to_thread(_cut_open_text, service, document, offset):
        return record | part
    passages = service.corpus.passages.by_document_id.get(document.id, ())
    quotes = await asyncio.to_thread(_select_quotes, passages[offset : offset + MAX_PASSAGES])
    await service.record_shown(quotes)
    following = offset + MAX_PASSAGES
    return record | {
        "text": None,
        "quotes": [json_output.quote_to_json(quote) for quote in quotes],
        "next": following if following < len(passages) else None,
    }


def _cut_open_text(service: Service, document: Document, offset: int) -> Json | None:
    """Return up to `MAX_TEXT_LENGTH` characters from `offset` on; None where a document may not be shown as a whole."""
    if not is_open_licence(document.licence) or service.withholds_in(document):
        return None
    end = min(len(document.text), offset + MAX_TEXT_LENGTH)
    text = document.slice_text(Span(min(offset, end), end))
    return {"text": text, "start": min(offset, end), "next": end if end < len(document.text) else None}


def _select_quotes(passages: Iterable[Passage]) -> list[Quote]:
    """Return a quote of each passage that has one; a quote whose document was changed in memory is left out."""
    quotes = (select_quote(each, _LENGTHS) for each in passages)
    return [quote for quote in quotes if quote and quote.is_intact]


def explain_errors(
    method: Callable[..., Awaitable[Json]], error_type: type[Exception]
) -> Callable[..., Awaitable[Json]]:
    """Wrap `method`: a BotError, which a caller can fix, is raised as `error_type` of the SDK, in one line."""

    @wraps(method)
    async def call_method(*args: object, **kwargs: object) -> Json:
        """Await `method`, and raise its BotError as an `error_type`."""
        try:
            return await method(*args, **kwargs)
        except BotError as error:
            raise error_type(str(error)) from None

    return call_method


def build_server(router: Router) -> MCPServer[Any]:
    """Return the server with its tools and resources; it serves nobody yet."""
    mcpserver = import_module("mcp.server.mcpserver")
    server: MCPServer[Any] = mcpserver.MCPServer(
        "on-the-record", version=read_package_version(), instructions=INSTRUCTIONS, log_level="WARNING"
    )
    toolbox = Toolbox(router)
    exceptions = import_module("mcp.server.mcpserver.exceptions")
    tools: dict[str, Tool] = {
        "ask": toolbox.ask,
        "verify": toolbox.verify,
        "show": toolbox.show,
        "by": toolbox.list_spoken,
        "sides": toolbox.compare_sides,
        "corpora": toolbox.list_corpora,
    }
    for name, method in tools.items():
        tool = explain_errors(method, exceptions.ToolError)
        server.tool(name, description=f"{method.__doc__}{_VERBATIM}")(tool)

    for address, (name, description) in _RESOURCES.items():
        read = explain_errors(toolbox.find, exceptions.ResourceNotFoundError)
        server.resource(address, name=name, mime_type="application/json", description=description + _VERBATIM)(read)
    return server
