"""Made answers of the record's other interfaces, each with its pitfalls; everybody is invented."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tests.builders import docx, paragraph
from tests.fake_record.server import NOT_FOUND, Answer, as_json, as_page

if TYPE_CHECKING:
    from tests.fake_record.server import Asked

COMMONS_VOTES_HOST = "commonsvotes-api.parliament.uk"
LORDS_VOTES_HOST = "lordsvotes-api.parliament.uk"
QUESTIONS_HOST = "questions-statements-api.parliament.uk"
COMMITTEES_HOST = "committees-api.parliament.uk"
GOVUK_HOST = "www.gov.uk"
TWFY_HOST = "www.theyworkforyou.com"
OIREACHTAS_HOST = "api.oireachtas.ie"
OIREACHTAS_DATA_HOST = "data.oireachtas.ie"

LONG_ANSWER = (
    "<p>The night tram is safe.</p><p>" + "It has been inspected every month since it first ran. " * 8 + "</p>"
)


def question(number: int, **given: Any) -> dict[str, Any]:
    """Return a written question, whole and with its members."""
    value = {
        "id": number,
        "askingMemberId": 99001,
        "askingMember": {"id": 99001, "name": "Orla Venn", "party": "Labour", "memberFrom": "Wexcombe"},
        "house": "Commons",
        "dateTabled": "2031-05-02T00:00:00",
        "uin": str(7000 + number),
        "questionText": "To ask the Secretary of State, whether the night tram is safe.",
        "answeringBodyName": "Department for Trams",
        "isWithdrawn": False,
        "answerIsHolding": False,
        "answeringMemberId": 99003,
        "answeringMember": {"id": 99003, "name": "Rhona Beck", "party": "Conservative", "memberFrom": "Ash Fell"},
        "dateAnswered": "2031-05-09T00:00:00",
        "answerText": LONG_ANSWER,
        "heading": "Night Trams",
    }
    return value | given


def answer_questions(asked: Asked) -> Answer:
    """Answer as the questions API: lists cut texts and leave members out; one by its id is whole."""
    made = {1: question(1), 2: question(2, answerIsHolding=True), 3: question(3, answerText=""), 4: question(4)}
    tail = asked.path.rpartition("/")[2]
    if tail.isdecimal():
        members = asked.get("expandMember") == "true"
        value = made[int(tail)] | ({} if members else {"askingMember": None, "answeringMember": None})
        return as_json({"value": value, "links": []})
    assert asked.get("searchTerm").startswith('"')
    rows = [
        value | {"askingMember": None, "answerText": value["answerText"][:255] + "..." * bool(value["answerText"])}
        for value in made.values()
    ]
    skip = int(asked.get("skip"))
    results = [{"value": row} for row in rows[skip : skip + 2]]
    return as_json({"totalResults": len(rows), "results": results})


SPEECH = {
    "base_path": "/government/speeches/on-trams",
    "schema_name": "speech",
    "title": "On trams",
    "first_published_at": "2031-05-04T10:00:00+00:00",
    "public_updated_at": "2033-01-01T10:00:00+00:00",
    "details": {
        "body": '<div class="govspeak"><h2>Bells</h2><p>The bells of the night tram will ring.</p>'
        "<blockquote><p>They keep me awake</p></blockquote><p>a nurse wrote to me.</p></div>",
        "delivered_on": "2031-05-02T00:00:00+00:00",
    },
    "links": {
        "speaker": [{"title": "The Rt Hon Rhona Beck MP"}],
        "organisations": [{"title": "Department for Trams"}],
    },
}
NEWS = {
    "base_path": "/government/news/trams",
    "schema_name": "news_article",
    "title": "Trams to ring",
    "first_published_at": "2031-05-05T10:00:00+00:00",
    "details": {
        "body": "<p>Rhona Beck, Minister for Trams, said:</p><blockquote><p>The bells of Wexcombe will ring again from"
        " the first of June.</p></blockquote>",
    },
    "links": {"organisations": [{"title": "Department for Trams"}]},
}
PUBLICATION = {
    "base_path": "/government/publications/bells",
    "schema_name": "publication",
    "title": "Bells: a report",
    "details": {
        "body": "<p>A blurb.</p>",
        "attachments": [
            {"url": "https://assets.publishing.service.gov.uk/bells.pdf"},
            {"url": "/government/publications/bells/the-report"},
        ],
    },
    "links": {},
}
REPORT = {
    "base_path": "/government/publications/bells/the-report",
    "schema_name": "html_publication",
    "title": "The report",
    "public_updated_at": "2031-05-06T10:00:00+00:00",
    "details": {"body": "<div><p>The report on the bells of night trams is long.</p></div>"},
    "links": {"organisations": [{"title": "Department for Trams"}]},
}
EMPTY = PUBLICATION | {"base_path": "/government/publications/none", "details": {"body": "", "attachments": []}}
GOVUK = {str(content["base_path"]): content for content in (SPEECH, NEWS, PUBLICATION, REPORT, EMPTY)}


def answer_govuk(asked: Asked) -> Answer:
    if asked.path == "/api/search.json":
        found = [content for content in GOVUK.values() if content is not REPORT]
        rows = [
            {"title": content["title"], "link": content["base_path"], "public_timestamp": "2031-05-04T10:00:00Z"}
            for content in [*found, found[0]]
        ]
        return as_json({"results": [*rows, {"title": "elsewhere", "link": "https://example.org/"}], "total": 9})
    content = GOVUK.get(asked.path.removeprefix("/api/content"))
    return as_json(content) if content else NOT_FOUND


EVIDENCE_PAGE = (
    "<!doctype html><html><head><title>Evidence</title></head><body><article><h1>Evidence on night trams</h1>"
    "<p>The night tram passes our infirmary four times an hour, and each time it rings its bell at the gate.</p>"
    "<p>Our nurses have asked the company to stop since the spring, and have never been answered by anybody.</p>"
    "<p>We ask the Committee to propose a rule that keeps bells silent between ten at night and six.</p>"
    "</article></body></html>"
)


def evidence(number: int, **given: Any) -> dict[str, Any]:
    return {
        "id": number,
        "publicationDate": "2031-05-04T00:00:00",
        "meetingDate": "2031-05-02T00:00:00",
        "witnesses": [{"name": "Ida Crane", "organisations": [{"name": "Wexcombe Infirmary", "role": "Matron"}]}],
        "committees": [{"id": 9, "name": "Night Transport Committee", "house": "Commons"}],
        "committeeBusinesses": [{"title": "Night trams"}],
        "internalReference": f"NTC000{number}",
    } | given


def answer_committees(asked: Asked) -> Answer:
    """Answer as the committees API: of some documents there is no HTML, and of some nothing that can be read."""
    written = [
        evidence(1),
        evidence(2, anonymous=True, anonymousWitnessText="A night driver"),
        evidence(3, witnesses=[]),
        evidence(4, committees=None, committeeBusinesses=None, committeeBusiness={"title": "Trams"}),
    ]
    parts = asked.path.removeprefix("/api/").split("/")
    if len(parts) == 1:
        items = written if parts[0] == "WrittenEvidence" else []
        skip = int(asked.get("Skip"))
        return as_json({"items": items[skip : skip + 3], "totalResults": len(items)})
    number, name = int(parts[1]), parts[3]
    html = {"fileName": "E1.Html", "data": base64.b64encode(EVIDENCE_PAGE.encode()).decode()}
    words = "".join(map(paragraph, ["Evidence on night trams", "The night tram rings at four, and nobody sleeps."]))
    word = {"fileName": "E2.docx", "data": base64.b64encode(docx(words)).decode()}
    answers = {
        (1, "Html"): html,
        (2, "OriginalFormat"): word,
        (3, "Html"): html | {"data": "not base64!"},
        (4, "OriginalFormat"): {"fileName": "E4.xls", "data": ""},
    }
    return as_json(answers[number, name]) if (number, name) in answers else NOT_FOUND


def member(number: int, name: str, **given: Any) -> dict[str, Any]:
    return {"MemberId": number, "Name": name, "Party": "Labour", "MemberFrom": "Wexcombe", "ProxyName": None} | given


COMMONS_DIVISIONS = {
    number: {
        "DivisionId": number,
        "Date": f"2031-05-{number - 1500:02}T17:02:00",
        "Number": number - 1490,
        "Title": f"Night tram bells: clause {number}",
        "AyeCount": 1,
        "NoCount": 1,
        "AyeTellers": [member(99006, "Tam Okoye")],
        "NoTellers": [],
        "Ayes": [member(99001, "Orla Venn")],
        "Noes": [member(99003, "Rhona Beck", Party="Conservative", ProxyName="Ida Crane")],
    }
    for number in range(1501, 1529)
}
LORDS_DIVISION = {
    "divisionId": 3001,
    "date": "2031-05-03T00:00:00",
    "number": 1,
    "title": "Night Trams Bill",
    "amendmentMotionNotes": "<p>Lord Fenwick of Ash moved amendment 4, on night tram bells. The House divided:</p>",
    "authoritativeContentCount": 1,
    "authoritativeNotContentCount": 0,
    "contentTellers": [],
    "notContentTellers": [],
    "contents": [{"memberId": 99010, "name": "Lord Fenwick of Ash", "party": "Crossbench"}],
    "notContents": [],
}


def answer_votes(asked: Asked) -> Answer:
    """Answer as the votes APIs: 25 rows a page without voters, and another one in front of every later page."""
    if asked.host == LORDS_VOTES_HOST:
        whole = asked.path == "/data/Divisions/3001"
        return as_json(LORDS_DIVISION if whole else [] if asked.get("skip") != "0" else [LORDS_DIVISION])
    if asked.path.startswith("/data/division/"):
        division = COMMONS_DIVISIONS.get(int(asked.path.rpartition("/")[2].removesuffix(".json")))
        return as_json(division) if division else NOT_FOUND
    assert int(asked.get("queryParameters.take")) <= 25
    skip = int(asked.get("queryParameters.skip"))
    rows = [division | {"Ayes": [], "Noes": []} for division in COMMONS_DIVISIONS.values()]
    return as_json(rows[max(skip - 1, 0) : skip + 25])


def make_day(day: str, letter: str, words: str, latest: str = "yes") -> str:
    address = f"uk.org.publicwhip/debate/{day}{letter}"
    return (
        f'<publicwhip latest="{latest}"><major-heading id="{address}.1.0">Trams</major-heading>'
        f'<speech id="{address}.1.1" speakername="Orla Venn" person_id="uk.org.publicwhip/person/99001" url="">'
        f'<p pid="a1/1">{words}</p></speech></publicwhip>'
    )


TWFY_DAYS = {
    "debates2031-05-02a.xml": make_day("2031-05-02", "a", "The night tram was early.", latest="no"),
    "debates2031-05-02b.xml": make_day("2031-05-02", "b", "The Night Tram was late, and the night tram was cold."),
    "debates2031-05-03a.xml": make_day("2031-05-03", "a", "The ferry was late."),
    "debates2031-05-04a.xml": make_day("2031-05-04", "a", "The night tram is gone.", latest="no"),
    "debates2029-05-04a.xml": make_day("2029-05-04", "a", "The night tram is new."),
}


def answer_twfy(asked: Asked) -> Answer:
    folder, _, name = asked.path.removeprefix("/pwdata/scrapedxml/").partition("/")
    if folder == "debates" and name in TWFY_DAYS:
        return Answer(TWFY_DAYS[name].encode(), media_type="text/xml")
    if not name:
        files = TWFY_DAYS if folder == "debates" else {}
        return as_page("".join(f'<a href="{name}">{name}</a>' for name in ["../", "changedates.txt", *files]))
    return NOT_FOUND


AKN = """\
<akomaNtoso><debate><meta><identification><FRBRWork>
<FRBRthis value="/akn/ie/debateRecord/dail/2031-05-02/debate/main"/><FRBRdate date="2031-05-02"/>
<FRBRauthor href="#author"/></FRBRWork></identification><references>
<TLCPerson eId="OrlaVenn" href="/ie/oireachtas/member/id/Orla-Venn.D.2030-01-01" showAs="Orla Venn"/>
</references></meta>
<debateBody><debateSection><heading>Trams</heading><speech by="#OrlaVenn"><from>Deputy Orla Venn</from>
<p>The night tram of Wexcombe is late.</p></speech></debateSection></debateBody></debate></akomaNtoso>
"""


def answer_oireachtas(asked: Asked) -> Answer:
    if asked.host == OIREACHTAS_DATA_HOST:
        return Answer((AKN if "2031-05-02" in asked.path else AKN.replace("night", "day")).encode())
    records = [
        {
            "date": day,
            "house": {"houseCode": "dail"},
            "formats": {"xml": {"uri": f"https://{OIREACHTAS_DATA_HOST}/akn/ie/debateRecord/dail/{day}/main.xml"}},
        }
        for day in ("2031-05-02", "2031-05-03")
    ]
    rows = [{"debateRecord": record} for record in records]
    return as_json({"results": [*rows, {"debateRecord": {"date": "2031-05-04", "formats": {"xml": None}}}]})


SITES = {
    QUESTIONS_HOST: answer_questions,
    COMMITTEES_HOST: answer_committees,
    GOVUK_HOST: answer_govuk,
    TWFY_HOST: answer_twfy,
    OIREACHTAS_HOST: answer_oireachtas,
    COMMONS_VOTES_HOST: answer_votes,
    LORDS_VOTES_HOST: answer_votes,
    OIREACHTAS_DATA_HOST: answer_oireachtas,
}
