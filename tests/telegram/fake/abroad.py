"""What is answered into chats that the bot is not in: inline results, and a guest's one article."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.telegram.fake.markup import Parsed, parse
from tests.telegram.fake.refusal import bad
from tests.telegram.fake.rules import check_keyboard, check_text

if TYPE_CHECKING:
    from tests.telegram.fake.methods import World

RESULTS, OFFSET = 50, 64
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIELDS = {"type", "id", "title", "description", "input_message_content", "reply_markup"}
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_inline_query(world: World, given: dict[str, Any]) -> Any:
    """Keep the results of a search, once."""
    query = given["inline_query_id"]
    if query not in world.searches:
        raise bad(_TOO_OLD)
    results = given["results"]
    if len(results) > RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    if len(given.get("next_offset", "").encode()) > OFFSET:
        raise bad("NEXT_OFFSET_INVALID")
    button = given.get("button")
    if button and not _PAYLOAD.fullmatch(button.get("start_parameter", "")):
        raise bad("START_PARAM_INVALID")
    for result in results:
        _check(result)
    world.searches.discard(query)
    world.results[query] = given
    return True


def answer_guest_query(world: World, given: dict[str, Any]) -> Any:
    """Keep the one answer to a mention elsewhere."""
    query = given["guest_query_id"]
    if query not in world.searches:
        raise bad(_TOO_OLD)
    _check(given["result"])
    world.searches.discard(query)
    world.results[query] = given
    return {"inline_message_id": f"sent-{query}"}


def _check(result: Mapping[str, Any]) -> None:
    if result["type"] != "article" or set(result) - _FIELDS:
        raise bad("only articles of a few fields are known here")
    if not 1 <= len(result["id"].encode()) <= 64 or not result["title"]:
        raise bad("RESULT_ID_INVALID")
    content = result["input_message_content"]
    text, mode = content["message_text"], content.get("parse_mode")
    if mode not in {None, "HTML"}:
        raise bad("unsupported parse_mode")
    check_text(parse(text) if mode else Parsed(text.strip(), ()))
    if "reply_markup" in result:
        check_keyboard(result["reply_markup"])
        rows = result["reply_markup"]["inline_keyboard"]
        if any("callback_data" in button for row in rows for button in row):
            raise bad("a press under this message reaches no chat of the bot's")
