"""Values as sources print them: lines of text, dates, web addresses, and the times of a recording."""

from __future__ import annotations

import re
from datetime import date

from bot.model import WEB_ADDRESS
from bot.text import normalise_line

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?:[.,]\d{1,6})?")
_YOUTUBE = re.compile(r"https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch|live)|youtu\.be/)", re.IGNORECASE)


def clean_line(text: str | None) -> str | None:
    """Normalise a metadata value into one printable line, None if it is empty."""
    printable = "".join(character for character in normalise_line(text or "") if character.isprintable())
    return normalise_line(printable) or None


def parse_date(text: str | None) -> str | None:
    """Return the date that `text` begins with, None if it begins with none.

    >>> parse_date("2020-01-24T09:00Z"), parse_date("2020-13-01"), parse_date("in May")
    ('2020-01-24', None, None)
    """
    match = DATE.match(text or "")
    try:
        return date.fromisoformat(match[0]).isoformat() if match else None
    except ValueError:
        return None


def parse_web_address(text: str | None) -> str | None:
    """Return `text` if it is a web address, else None."""
    address = clean_line(text) or ""
    return address if WEB_ADDRESS.fullmatch(address) else None


def parse_seconds(time: str | None) -> int | None:
    """Return how many whole seconds after the start `time` is, None if it is no time.

    >>> [parse_seconds(time) for time in ("01:00:05,900", "2:07", "soon", None)]
    [3605, 127, None, None]
    """
    match = _TIME.fullmatch(time or "")
    if match is None:
        return None
    return int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + int(match["seconds"])


def format_time(seconds: int) -> str:
    """Format a moment as players show it.

    >>> format_time(127), format_time(3605)
    ('2:07', '1:00:05')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def link_moment(url: str | None, time: str | None) -> str | None:
    """Return the link that opens the recording at `url` at `time`; None where either is missing.

    YouTube takes a parameter, other players a media fragment (W3C, 2012); an address keeps a fragment of its own.

    >>> link_moment("https://youtu.be/x?list=y", "2:07"), link_moment("https://example.org/talk", "2:07")
    ('https://youtu.be/x?list=y&t=127s', 'https://example.org/talk#t=127')
    """
    seconds = parse_seconds(time)
    if url is None or seconds is None or "#" in url:
        return url if seconds is not None else None
    if _YOUTUBE.match(url):
        return f"{url}{'&' if '?' in url else '?'}t={seconds}s"
    return f"{url}#t={seconds}"
