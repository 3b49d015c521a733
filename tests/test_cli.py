"""The command line: what each command prints, and how it refuses."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import main
from bot.replies import json_output
from bot.service import Service
from bot.service.admin import read_package_version
from tests import corpus_folders

if TYPE_CHECKING:
    from tests.conftest import Golden

ROOT = Path(__file__).parents[1]
QUESTION = "What does Liberty say about privacy?"
DOCUMENT = "2020-01-guardian-series"
INVENTED = """\
Ann Low, chair of Riders of Wick, said: “A tram would bring people back to the High Street.”

She added: “The noise would be no more than a bus makes.”

“It will never pay for itself and nobody in this town has asked for it at all.”
"""


class Printed:
    """What a command printed, and its status."""

    def __init__(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        self.status = main(arguments)
        self.out, self.err = capsys.readouterr()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Run:
    """Runs a command within this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Printed:
        return Printed(list(arguments), self._capsys)


@pytest.fixture
def bot(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


@pytest.fixture(scope="module")
def canonical() -> str:
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "show", DOCUMENT, "--text"], cwd=ROOT, capture_output=True, check=True
    )
    return shown.stdout.decode()


def refused(printed: Printed) -> str:
    """Return the one line a command refuses with."""
    assert (printed.status, printed.out) == (2, "")
    [line] = printed.err.splitlines()
    return line


def test_index_leaves_what_the_next_start_needs_and_serves_nothing(
    bot: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ENGINE__CACHE", str(tmp_path / "cache"))

    printed = bot("index")

    assert re.fullmatch(
        r"facial-recognition: \d+ passages in 1 document, engine bm25, \d+\.\d s, \d+ MB at most\n", printed.out
    )
    assert (printed.status, printed.err) == (0, "")
    assert (tmp_path / "cache/facial-recognition").is_file()
    monkeypatch.setattr("bot.search.bm25.engine._build_index", None)
    assert "Liberty" in bot("ask", QUESTION).out


def test_a_question_put_to_what_was_kept_loads_nothing_that_it_does_not_need(bot: Run, tmp_path: Path) -> None:
    variables = {**os.environ, "BOT_ENGINE__CACHE": str(tmp_path / "cache")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOT_ENGINE__CACHE", variables["BOT_ENGINE__CACHE"])
        bot("index")

    asked = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "ask", QUESTION],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env=variables,
        text=True,
    )

    imported = {line.rpartition("|")[2].strip() for line in asked.stderr.splitlines()}
    heavy = {
        *("bot.attribution.pipeline", "bot.attribution.lexicon", "bot.attribution.curation"),
        *("bot.formats.labels", "bot.answers.verification", "bot.curator_commands"),
        *("bot.surfaces.telegram", "bot.surfaces.mcp", "telegram", "mcp"),
        *("rank_bm25", "multiprocessing"),
    }
    assert "bot.answers.answerer" in imported
    assert imported & heavy == set()


def test_ask_prints_what_a_chat_would_show(bot: Run, golden: Golden) -> None:
    printed = bot("ask", QUESTION)

    assert printed.status == 0
    golden("ask.txt", printed.out)


def test_ask_json_has_the_shape_that_others_rely_on(bot: Run, golden: Golden) -> None:
    [answer] = bot("ask", QUESTION, "--json").records

    golden("ask.json", json.dumps(answer, ensure_ascii=False, indent=1) + "\n")


def test_every_quote_of_ask_json_is_a_slice_of_the_shown_text(bot: Run, canonical: str) -> None:
    quotes = [q for text in ("privacy", "safety") for q in bot("ask", text, "--json").records[0]["quotes"]]

    assert quotes
    assert [q["text"] for q in quotes] == [canonical[q["start"] : q["end"]] for q in quotes]


def test_ask_takes_the_questions_before_it_oldest_first(bot: Run, desk: Service) -> None:
    before = ["Who is Clare Collier?", "What about privacy?"]
    asked = [word for question in before for word in ("--after", question)]

    followed = bot("ask", "and what did she say?", *asked, "--json").out

    answer = json_output.answer_to_json(desk.answer("and what did she say?", history=before))
    assert followed == json.dumps(answer, ensure_ascii=False) + "\n"
    assert followed != bot("ask", "and what did she say?", "--json").out


def test_ask_exits_with_0_when_it_abstains(bot: Run) -> None:
    printed = bot("ask", "pensions?", "--json")

    assert (printed.status, printed.records[0]["status"]) == (0, "abstained")


def test_ask_takes_another_corpus(bot: Run) -> None:
    assert bot("ask", "tram", "--corpus", "tram", "--json").records[0]["corpus"] == "tram"


@pytest.mark.parametrize("question", ["", "🚋🚋🚋", "the of and", "?!", "privacy " * 1250, "\udcff"])
def test_an_odd_question_is_met_with_courtesy(question: str, bot: Run) -> None:
    printed = bot("ask", question)

    assert (printed.status, printed.err) == (0, "")
    assert printed.out.strip()


def test_a_picture_is_drawn_in_place_of_printing(bot: Run, tmp_path: Path) -> None:
    printed = bot("ask", QUESTION, "--svg", str(tmp_path / "drawn.svg"))

    assert (printed.status, printed.out) == (0, "")
    assert "destroying&#160;our" in (tmp_path / "drawn.svg").read_text(encoding="utf-8")


def test_show_prints_what_is_known_of_a_document_and_its_text(bot: Run, canonical: str) -> None:
    printed = bot("show", DOCUMENT)

    assert "publisher: Guardian Series\nauthors: not given\ndate: 2020-01\n" in printed.out
    assert printed.out.endswith(f"\n\n{canonical}\n")


def test_show_text_prints_the_canonical_text_to_the_byte(bot: Run, canonical: str) -> None:
    published = (ROOT / f"corpus/facial-recognition/{DOCUMENT}.txt").read_text(encoding="utf-8")

    assert published.endswith(f"+++\n{canonical}")
    assert bot("show", DOCUMENT, "--text").out == canonical


@pytest.mark.parametrize(
    ("name", "place"), [("ABCDEFGH", "ABCDEFGH"), ("no-such", "no-such"), ("", "''"), ("x" * 61, f"{'x' * 59}…")]
)
def test_show_refuses_an_unknown_name_in_one_short_line(bot: Run, name: str, place: str) -> None:
    printed = bot("show", name)

    fact = "no document or quote of facial-recognition"
    remedy = f"choose from {DOCUMENT}, or copy a quote's id from an answer"
    assert (printed.status, printed.err) == (2, f"bot: {place}: {fact}; {remedy}\n")


@pytest.mark.parametrize(("count", "offer"), [(10, "09, a, b, or copy"), (11, "09, 10, a, …, or copy")])
def test_show_offers_a_dozen_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bot: Run, count: int, offer: str
) -> None:
    folder = corpus_folders.corpus(tmp_path)
    for number in range(count):
        (folder / f"{number:02}.txt").write_text(corpus_folders.article(corpus_folders.ANN), "utf-8")
    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(tmp_path))

    printed = bot("show", "ABCDEFGH", "--corpus", "bridge")

    assert f"choose from 00, 01, 02, 03, 04, 05, 06, 07, 08, {offer}" in printed.err


def test_show_finds_a_quote_by_its_id_in_either_case(bot: Run) -> None:
    quote = bot("ask", QUESTION, "--json").records[0]["quotes"][0]

    assert bot("show", quote["id"]).out == bot("show", quote["id"].lower()).out
    assert quote["text"] in bot("show", quote["id"]).out


def test_check_finds_nothing_that_keeps_the_bundled_corpora_from_being_served(bot: Run) -> None:
    assert [bot("check").status, bot("check", "tram").status] == [0, 0]


def test_check_exits_with_1_when_a_corpus_could_not_be_served(
    bot: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bus").mkdir()
    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(tmp_path))

    said, recorded = bot("check", "bus"), bot("check", "bus", "--json")

    assert (said.status, recorded.status) == (1, 1)
    assert f"{tmp_path}/bus/corpus.toml: error: " in said.out
    assert {finding["level"] for finding in recorded.records} == {"error"}


def test_voices_of_a_corpus_folder_stand_in_document_order_as_json(bot: Run, canonical: str) -> None:
    found = bot("voices", "corpus/facial-recognition", "--json").records

    assert [list(record) for record in found] == [
        ["document", "start", "end", "text", "kind", "voice", "cue", "confidence", "by", "chain", "side"]
    ] * len(found)
    assert [r["text"] for r in found] == [canonical[r["start"] : r["end"]] for r in found]
    assert [r["start"] for r in found] == sorted(r["start"] for r in found)
    assert {r["side"] for r in found} == {"for", "against", "neither"}


def test_voices_of_a_plain_file_count_from_its_first_character(bot: Run, tmp_path: Path) -> None:
    (tmp_path / "invented.txt").write_text(INVENTED, encoding="utf-8")

    found = bot("voices", str(tmp_path / "invented.txt"), "--json").records

    assert [r["text"] for r in found] == [INVENTED[r["start"] : r["end"]] for r in found]


def test_voices_for_a_curator_come_most_doubtful_first(bot: Run, golden: Golden, tmp_path: Path) -> None:
    (tmp_path / "invented.txt").write_text(INVENTED, encoding="utf-8")

    printed = bot("voices", str(tmp_path / "invented.txt"))

    golden("voices.txt", printed.out)


def test_eval_prints_figures_or_each_outcome(bot: Run, tmp_path: Path) -> None:
    judged = {
        "id": "1",
        "question": QUESTION,
        "kind": "answerable",
        "gold": ["our privacy"],
        "speaker": "Clare Collier",
    }
    (tmp_path / "judged.jsonl").write_text(json.dumps(judged), encoding="utf-8")

    figures = bot("eval", str(tmp_path / "judged.jsonl")).out.splitlines()
    [outcome] = bot("eval", str(tmp_path / "judged.jsonl"), "--json").records

    assert "    1 answerable shown, answered" in figures
    assert (outcome["id"], outcome["good"]) == ("1", True)


def test_eval_without_questions_prints_how_balanced_answers_are(bot: Run) -> None:
    figures = bot("eval", "--answers", "5", "--seed", "3").out.splitlines()
    [record] = bot("eval", "--answers", "5", "--seed", "3", "--json").records

    assert "    5 in which both sides match alike; of these:" in figures
    assert (record["balanced"], record["equal"]) == (5, 5)


def test_chat_answers_what_is_piped_into_it(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(QUESTION))

    talked = bot("chat").out

    assert talked.startswith(bot("ask", QUESTION).out)
    assert talked.endswith("[1] Collier: context\n[2] Ephgrave: context\n[3] Collier: opposite\n\n")


def test_no_command_at_all_gets_help(bot: Run) -> None:
    printed = bot()

    assert printed.status == 0
    assert all(name in printed.out for name in ("chat", "run", "ask", "show", "check", "voices", "eval"))


def test_the_version_is_that_of_the_package(bot: Run) -> None:
    assert bot("--version").out == f"{read_package_version()}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run"], "bot: BOT_TOKEN: not set; get a token from @BotFather"),
        (["run", "--webhook"], "bot: BOT_TOKEN: not set; get a token from @BotFather"),
        (["ask"], "bot: python -m bot ask: Missing argument 'question'; see python -m bot ask --help"),
        (["ask", "x", "--jsn"], "bot: python -m bot ask: No such option: --jsn"),
        (["nonsense"], "bot: python -m bot: No such command 'nonsense'"),
        (["ask", "x", "--corpus", "bus"], "bot: corpus/bus"),
        (["chat", "--corpus", "bus"], "bot: corpus/bus"),
        (["show", "nothing"], f"bot: nothing: no document or quote of facial-recognition; choose from {DOCUMENT}"),
        (["show", "VL3FNN2Y", "--text"], "bot: VL3FNN2Y: no document or quote of facial-recognition"),
        (["voices", "nowhere.txt"], "bot: nowhere.txt: "),
        (["voices", "tests"], "bot: tests/corpus.toml: "),
        (["eval", "nowhere.jsonl"], "bot: nowhere.jsonl: cannot be read"),
        (["eval", "pyproject.toml"], "bot: pyproject.toml:1: "),
    ],
)
def test_bad_input_gets_one_line_and_status_2(arguments: list[str], told: str, bot: Run) -> None:
    assert refused(bot(*arguments)).startswith(told)


@pytest.mark.parametrize("line", (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
def test_what_a_platform_starts_is_a_command_that_says_what_it_lacks(line: str, bot: Run) -> None:
    _, python, m, name, *arguments = line.split()

    assert [python, m, name] == ["python", "-m", "bot"]
    assert refused(bot(*arguments)).startswith(("bot: BOT_TOKEN: ", "bot: run --webhook: "))


def test_a_bad_setting_is_one_line_too(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_LOG_LEVEL", "LOUD")

    assert refused(bot("check")).startswith("bot: BOT_LOG_LEVEL: no such choice; write 'DEBUG'")


def test_a_token_that_is_none_is_refused_and_not_told(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "s3cret-of-mine")

    line = refused(bot("run"))

    assert line.startswith("bot: BOT_TOKEN: ")
    assert "s3cret" not in line


@pytest.mark.parametrize(
    "command",
    ["ask privacy --json | true", f"voices {'corpus/facial-recognition ' * 40} | head -n 1"],
    ids=["before the end", "in the middle"],
)
def test_a_reader_who_stops_reading_ends_it_quietly(command: str) -> None:
    command = f"env -u PYTHONUNBUFFERED {sys.executable} -m bot {command}"

    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=True)

    assert ran.stderr == b""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_told_in_one_line(unbuffered: str) -> None:
    command = f"PYTHONUNBUFFERED={unbuffered} {sys.executable} -m bot ask privacy --json > /dev/full"

    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 2
    assert ran.stderr == "bot: standard output: no space left on device; write it elsewhere\n"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("ask privacy >&-", 0),
        ("ask privacy 2>&-", 0),
        ("ask privacy <&- >&- 2>&-", 0),
        ("chat <&-", 0),
        ("show nosuch 2>/dev/full", 2),
        ("show nosuch 2>&-", 2),
    ],
)
def test_a_stream_that_is_closed_or_full_ends_nothing(command: str, status: int) -> None:
    ran = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m bot {command}"], cwd=ROOT, capture_output=True, check=False
    )

    assert (ran.returncode, b"Traceback" in ran.stderr) == (status, False)
    assert not status or ran.stdout == b""


LONG = "x" * 300


@pytest.mark.parametrize(
    "arguments",
    [["add", LONG], ["voices", LONG], ["eval", LONG], ["ask", "x", "--svg", LONG], ["new", LONG]]
    + [[*command, "--corpus", LONG] for command in (["ask", "x"], ["show", "x"], ["gather", "x"], ["index"])]
    + [["check", LONG], ["reading-list", LONG]],
)
def test_a_name_that_no_file_can_have_is_one_line(bot: Run, arguments: list[str]) -> None:
    told = refused(bot(*arguments))

    assert len(told) < 1000


@pytest.mark.parametrize(("number", "is_told"), [(errno.EACCES, True), (errno.EIO, False)])
def test_a_path_that_may_not_be_looked_into_is_told(
    bot: Run, monkeypatch: pytest.MonkeyPatch, number: int, *, is_told: bool
) -> None:
    def refuse(_: Path) -> bool:
        raise OSError(number, os.strerror(number), "/closed/file")

    monkeypatch.setattr(Path, "is_dir", refuse)

    if is_told:
        assert refused(bot("add", "/closed/file")).startswith("bot: /closed/file: permission denied; check the name")
    else:
        with pytest.raises(OSError, match="closed"):
            bot("add", "/closed/file")


def test_an_empty_name_is_not_the_folder_that_one_is_in(bot: Run) -> None:
    assert refused(bot("add", "")) == "bot: add: an empty name; name a file, a folder or an address"


def test_a_picture_of_a_question_that_is_no_text_shows_its_numbers(bot: Run, tmp_path: Path) -> None:
    assert bot("ask", "privacy\udcff", "--svg", str(tmp_path / "drawn.svg")).status == 0
    assert "privacy\\udcff" in (tmp_path / "drawn.svg").read_text("utf-8")


def test_a_picture_that_cannot_be_written_is_told_by_its_own_name(bot: Run) -> None:
    told = refused(bot("ask", "privacy", "--svg", "/dev/full"))

    assert told.startswith("bot: /dev/full: no space left on device; name a file that can be written")


def test_the_list_of_commands_cuts_no_sentence_short(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    commands = bot("--help").out.partition("Commands:")[2]

    assert "\n  eval  " in commands
    assert "..." not in commands


@pytest.mark.parametrize(("encoding", "printed"), [("ascii", "people\\u2019s privacy"), ("utf-8", "people’s privacy")])
def test_what_an_encoding_lacks_is_spelt_out(monkeypatch: pytest.MonkeyPatch, encoding: str, printed: str) -> None:
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding))

    assert main(["ask", "privacy"]) == 0
    assert printed in output.getvalue().decode(encoding)


# Runs the bot, and sends itself a signal when it comes to import a module.
SIGNALLED = """
import os, runpy, signal, sys
_, moment, number, *sys.argv[1:] = sys.argv
class Moment:
    @staticmethod
    def find_spec(name, *_):
        if name == moment:
            os.kill(os.getpid(), int(number))
sys.meta_path.insert(0, Moment)
runpy.run_module("bot", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("moment", "number", "command", "status"),
    [
        ("bot.cli", signal.SIGTERM, ["run"], 0),
        ("bot.analysis", signal.SIGINT, ["run"], 0),
        ("bot.surfaces.telegram.lifecycle", signal.SIGTERM, ["run"], 0),
        ("bot.analysis", signal.SIGINT, ["ask", "privacy"], 130),
    ],
)
def test_a_signal_during_the_start_ends_it_without_a_word(
    moment: str, number: int, command: list[str], status: int
) -> None:
    code = [sys.executable, "-c", SIGNALLED, moment, str(int(number)), *command]
    ended = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (status, "", "")


def test_too_little_memory_is_told_in_one_line(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("bot.bootstrap.load_incrementally", refuse)

    assert refused(bot("ask", "privacy")).startswith("bot: memory: there is not enough; give the process more")


def test_an_error_of_a_file_that_is_no_output_keeps_its_traceback(bot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("bot.bootstrap.load_incrementally", refuse)

    with pytest.raises(OSError, match="somewhere"):
        bot("ask", "privacy")


def test_nothing_but_run_imports_telegram() -> None:
    code = "import sys; from bot.cli import main; main(['ask', 'privacy']); sys.exit('telegram' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_ctrl_c_leaves_a_conversation_quietly() -> None:
    screen, end = pty.openpty()
    chat = subprocess.Popen([sys.executable, "-m", "bot", "chat"], cwd=ROOT, stdin=end, stdout=end, stderr=end)
    os.close(end)
    seen = b""
    while b"\n> " not in seen:
        seen += os.read(screen, 4096)
    # A signal that comes just before it waits for a line is only heard after that line.
    time.sleep(0.2)
    while chat.poll() is None:
        chat.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            chat.wait(timeout=3)
    with contextlib.suppress(OSError):  # which is how a closed terminal ends on Linux
        while chunk := os.read(screen, 4096):
            seen += chunk
    os.close(screen)

    assert (chat.returncode, b"Traceback" in seen) == (0, False)
