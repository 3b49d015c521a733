"""A corpus on one page for its curator: whole, harmless, and opened in a real browser."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.corpus.lint import CheckResult, Finding, Level, check_corpus
from bot.replies.report_page import render_page
from bot.replies.report_plots import Dot, draw_timeline
from tests.corpus_folders import ANN, CY, article, corpus

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
VOID = {"meta", "br"}
TOPICS = '\n[[topics]]\nname = "safety <b>"\nwords = ["unsafe"]\n'


class Parsed(HTMLParser):
    """The tags of a page, each seen to be closed, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def drawn(folder: Path) -> str:
    return render_page(folder.name, check_corpus(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = corpus(tmp_path)
    with (found / "corpus.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(TOPICS)
    (found / "c.txt").write_text(article(CY, title="<script>alert(1)</script>"), "utf-8")
    (found / "d.txt").write_text(
        article(ANN.replace("May", "June")).replace("+++\n", "+++\ndate = '2024-05'\n", 1), "utf-8"
    )
    return found


def test_the_page_has_the_voices_by_topic_and_side_and_the_review_list(folder: Path) -> None:
    shown = Parsed(drawn(folder))

    assert "4 documents" in shown.text
    assert "FOR 2 AGAINST 1 NEITHER SIDE 1" in shown.text
    assert "safety <b>" in shown.text
    titles = [tag for tag, _ in shown.tags].count("title")
    assert titles > 5
    assert "Ann Bell: 2" in shown.text
    assert "d.txt" in shown.text
    assert "publisher" not in shown.text.partition("What to review")[0]
    assert all(str(f.fact).split("'")[0] in shown.text for f in check_corpus(folder).findings)


def test_nothing_is_fetched_nothing_runs_and_nothing_published_is_markup(folder: Path) -> None:
    html = drawn(folder)
    shown = Parsed(html)

    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in shown.tags}
    assert not [name for _, given in shown.tags for name in given if name.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    assert "default-src 'none'" in html
    assert "<script>alert(1)</script> (invented example)" in shown.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://example.org/\"onclick='x'"])
def test_only_an_address_of_the_web_is_a_link_and_it_ends_where_it_ends(folder: Path, url: str) -> None:
    checked = check_corpus(folder)
    assert checked.corpus
    object.__setattr__(checked.corpus.documents[0], "url", url)

    links = [given["href"] for tag, given in Parsed(render_page("x", checked)).tags if tag == "a"]

    assert links == ([url] if url.startswith("https") else [])


def test_a_corpus_that_cannot_be_read_has_its_review_alone() -> None:
    shown = Parsed(render_page("x", CheckResult(None, (Finding("x/a", None, Level.ERROR, "bad", "mend it"),))))

    assert "a 1 blocking" in shown.text
    assert "Nothing to fix" in Parsed(render_page("x", CheckResult(None, ()))).text


def test_many_voices_and_documents_are_not_all_drawn(folder: Path) -> None:
    for n in range(60):
        name = f"Bea N{chr(97 + n % 26)}x{chr(97 + n // 26)}y"
        said = f"{name}, a baker, said: “I drive {n} miles round.”"
        header = f"+++\ntitle = 'T{n}'\ndate = '20{n % 30:02}'\n+++\n"
        (folder / f"v{n}.txt").write_text(header + said, "utf-8")

    shown = Parsed(drawn(folder))

    assert re.search(r"And \d+ more voices with fewer quotes\.", shown.text)
    assert "64 documents" in shown.text


def test_a_long_review_is_counted_by_remedy_and_its_files_are_closed() -> None:
    found = [Finding(f"x/{n % 2}.txt", n, Level.WARNING, f"fact {n}", "mend it") for n in range(70)]

    shown = Parsed(render_page("x", CheckResult(None, tuple(found))))

    assert "70 findings by remedy" in shown.text
    assert "70 mend it 2" in shown.text
    assert not [tag for tag, given in shown.tags if tag == "details" and "open" in given]
    broken = Finding("x/2.txt", 1, Level.ERROR, "bad", "mend it")
    again = Parsed(render_page("x", CheckResult(None, (broken, *found))))
    assert len([tag for tag, given in again.tags if tag == "details" and "open" in given]) == 1


def test_each_topic_s_quotes_are_divided_by_side(folder: Path) -> None:
    assert "safety <b>: for 2, against 0, neither 0" in Parsed(drawn(folder)).text


@pytest.mark.parametrize(
    ("dates", "ticks"),
    [
        (["2020-01"], ["Jan 2020", "Feb 2020", "Mar 2020"]),
        (["2020"], ["2020", "2021", "2022"]),
        (["9999-12-31"], ["30 Dec 9990", "31 Dec 9990", "1 Jan 9991"]),
        (["2009-10-26", "2009-10-28"], ["25 Oct 2009", "26 Oct 2009", "28 Oct 2009"]),
        (["2020-01-24", "2020-06-30"], ["Jan 2020", "Jul 2020"]),
        (["2018-05-01", "2020", "2026-01"], ["2018", "2020", "2026"]),
        (["0001-01-01"], ["1 Jan 1"]),
    ],
)
def test_the_line_is_ruled_by_days_months_or_years(dates: list[str], ticks: list[str]) -> None:
    shown = Parsed(draw_timeline([Dot(date, f"T{n}", n) for n, date in enumerate(dates)]))

    told = [said for said in shown.said if said not in {f"T{n}" for n in range(9)}]
    assert set(ticks) <= set(told)


@pytest.mark.parametrize("count", [1, 2, 12, 13, 31, 500])
def test_no_document_on_the_line_hides_another_or_leaves_the_page(count: int) -> None:
    dots = [Dot(f"20{9 + n % 5:02}-10-{1 + n % 28:02}", f"Title {n}", n) for n in range(count)]

    drawn = draw_timeline(dots)

    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    circles = re.findall(r'class="document" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', drawn)
    places = [(float(x), float(y)) for x, y, _ in circles]
    assert len(set(places)) == len(dots)
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
    assert drawn.count('class="label') == (count if count <= 12 else 0)


def test_the_command_writes_the_page(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli import main  # noqa: PLC0415  starts slowly

    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(folder.parent))

    assert main(["check", "bridge", "--report", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_text("utf-8") == drawn(folder)
    assert main(["check", "bridge", "--report", str(tmp_path / "no/page.html")]) == 2
    assert "no such file or directory; name a file that can be written" in capsys.readouterr().err


def _many(tmp_path: Path) -> Path:
    """Return a corpus of 31 documents over a year."""
    found = corpus(tmp_path)
    for n in range(29):
        dated = f"2024-{1 + n % 12:02}-{1 + n % 28:02}"
        header = f"+++\ntitle = 'Paper {n} (invented)'\ndate = '{dated}'\n+++\n"
        (found / f"n{n}.txt").write_text(header + ANN, "utf-8")
    return found


MEASURE = """
<!doctype html><body><iframe width="{width}" height="800" srcdoc="{page}"></iframe><script>
onload = () => {{
  const page = document.querySelector("iframe").contentDocument, small = [];
  for (const each of page.querySelectorAll("body *")) {{
    if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const matrix = each.getScreenCTM ? each.getScreenCTM() : {{a: 1, b: 0}};
    const scale = Math.hypot(matrix.a, matrix.b);
    const size = parseFloat(getComputedStyle(each).fontSize) * scale;
    if (size < 11.99) small.push(each.tagName + " " + size);
  }}
  document.title = JSON.stringify([page.documentElement.scrollWidth, small.slice(0, 3)]);
}};
</script></body>
"""


@pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="no Chromium here")
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("name", ["facial-recognition", "tram", "many"])
def test_the_page_fits_a_phone_and_a_desk_and_its_words_can_be_read(tmp_path: Path, name: str, width: int) -> None:
    assert CHROMIUM, "CI installs Chromium"
    page = drawn(_many(tmp_path) if name == "many" else ROOT / "corpus" / name)
    (tmp_path / "measure.html").write_text(MEASURE.format(width=width, page=html.escape(page)), "utf-8")
    arguments = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,1500"),
        f"--user-data-dir={tmp_path}/profile",
    ]

    ran = subprocess.run(
        [
            CHROMIUM,
            *arguments,
            f"--user-data-dir={tmp_path}/profile",
            "--dump-dom",
            (tmp_path / "measure.html").as_uri(),
        ],
        capture_output=True,
        timeout=50,
        check=True,
    )

    [measured] = re.findall(r"<title>(.*?)</title>", ran.stdout.decode().rpartition("<iframe")[0])
    scroll_width, small = json.loads(html.unescape(measured))
    assert scroll_width <= width
    assert small == []


@pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="no Chromium here")
@pytest.mark.parametrize("name", ["facial-recognition", "tram", "many"])
def test_a_browser_shows_the_page_and_asks_for_nothing_more(tmp_path: Path, name: str) -> None:
    assert CHROMIUM
    shown = _many(tmp_path) if name == "many" else ROOT / "corpus" / name
    (tmp_path / "page.html").write_text(drawn(shown), "utf-8")
    arguments = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *(f"--user-data-dir={tmp_path}/profile", "--hide-scrollbars", "--window-size=1100,1500"),
        *("--enable-logging=stderr", f"--screenshot={tmp_path}/page.png"),
    ]

    ran = subprocess.run(
        [CHROMIUM, *arguments, (tmp_path / "page.html").as_uri()], capture_output=True, timeout=50, check=True
    )

    assert b"CONSOLE" not in ran.stderr
    picture = (tmp_path / "page.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    # A page on which nothing is drawn packs into far less.
    assert len(picture) > 40_000


def test_the_page_shows_parties_voices_without_a_side_and_doubtful_ones_with_their_evidence(tmp_path: Path) -> None:
    folder = corpus(tmp_path)
    doubtful = "“The bridge was never safe in all the years that I crossed it.”\n"
    (folder / "c.txt").write_text("+++\ntitle = 'C'\n+++\n" + CY + "\n" + doubtful, "utf-8")
    (folder / "day.xml").write_text(
        '<publicwhip latest="yes"><speech id="uk.org.publicwhip/debate/2031-05-02a.1.1" speakername="Orla Venn (Lab)"'
        ' person_id="uk.org.publicwhip/person/1" url=""><p>It is late.</p></speech></publicwhip>',
        "utf-8",
    )

    page = drawn(folder)

    parties = page[page.index("<h2>Parties") : page.index("<h2>When it was")]
    unsided = page[page.index("<h2>Voices without a side") : page.index("<h2>Doubtful voices")]
    evidence = page[page.index("<h2>Doubtful voices") : page.index("<h2>What to review")]
    assert "<td>Lab</td><td>0</td><td>0</td><td>1</td><td>1</td>" in parties
    assert "<td>Cy Orr</td>" in unsided
    assert "Ann Bell" not in unsided
    assert "The bridge was never safe" in evidence
    assert "c ¶2" in evidence
