"""Messages of the loaders in the reader's language: every one that they raise has words in all six."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from starlette.requests import Request

from app.briefing.request import read_request
from app.errors import AppError
from app.question.reading import read_question
from app.ui import templates, words
from ingest.parties.party_table import PartyTable
from prompts.wording import LANGUAGES
from tests.conftest import PROJECT
from vectorstore.errors import (
    FileGoneError,
    JobGivenUpError,
    ModelError,
    StoreAwayError,
    StoreError,
    StoreFullError,
    StoreLockedError,
)

LOADERS = Path(__file__).parents[3] / "ingest" / "loaders"
# Messages that no upload causes, since it is no link and names no part of an archive.
ELSEWHERE = ("is a link that leads out", "is not in", "is an archive; name a file", "does not exist", "is not a file;")


def raised() -> Iterator[str]:
    """Yields the messages of the errors that loaders raise, with a number in place of each value."""
    for path in sorted(LOADERS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.JoinedStr() as text]) if name.endswith("Error"):
                    yield filled(text)
                case ast.Call(func=ast.Attribute(attr="check"), args=[ast.Constant(), _, ast.JoinedStr() as text, *_]):
                    yield f"{filled(text)}, or raise UNTOC_LOAD__MAX_BYTES"


def filled(text: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in text.values)


MESSAGES = [
    text for text in raised() if ";" in text and text.startswith("7") and not any(part in text for part in ELSEWHERE)
]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each language in turn, as that of the reader."""
    monkeypatch.setattr(words, "language", lambda: request.param)
    return str(request.param)


def test_messages_of_the_loaders_are_in_the_readers_language(language: str) -> None:
    assert len(MESSAGES) > 35
    for text in MESSAGES:
        shown = templates.worded(text)
        assert not re.search(r"\bmax_|\bload_", shown)
        if language != "en":
            assert not re.search(r"\b(?:is|the|it|save|of|could)\b", shown), (text, shown)
    # In Arabic, a name in Latin letters takes no place of the words beside it.
    shown = templates.worded("'a.txt' holds no text; check that the right file was saved")
    assert ("\u2068'a.txt'\u2069" in shown) == (language == "ar"), shown


def told_of_a_manifest() -> Iterator[str]:
    """Yields what is told of a `statements.csv`, with a number in place of each value."""
    tree = ast.parse((PROJECT / "ingest" / "metadata" / "manifest.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_at" | "_failed" | "ManifestError" | "ValueError"), args=[*_, last]):
                text = filled(last) if isinstance(last, ast.JoinedStr) else getattr(last, "value", None)
                if text is not None:
                    yield text.replace("7, line 7: ", "statements.csv, line 7: ")


def test_messages_on_a_manifest_are_in_the_readers_language(language: str) -> None:
    # A draft of it is written on the command line alone, and a fault of the CSV itself is told by Python.
    read = [text for text in told_of_a_manifest() if not text.startswith(("7 exists", "7 could not", "7: 7"))]
    read += [f"body 'x' is not understood and is read from the text: {text}" for text in read if "write" in text]
    assert len(read) > 12
    for text in read:
        shown = templates.worded(text)
        if language == "en":
            assert shown == text
        else:
            assert not re.search(r"\b(?:is|the|it|of|there|more|write)\b", shown), (text, shown)


def refused_by_the_provider() -> Iterator[str]:
    """Yields the messages with which a sign-in at a provider is refused, with a number in place of each value."""
    tree = ast.parse((PROJECT / "app" / "server" / "sign_in.py").read_text(encoding="utf-8"))
    provider = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Provider")
    for node in ast.walk(provider):
        match node:
            case ast.Call(func=ast.Name(id="ForbiddenError"), args=[ast.JoinedStr() as text]):
                yield filled(text)
            case ast.Call(func=ast.Name(id="ForbiddenError"), args=[ast.Constant(value=str(text))]):
                yield text


def test_refusals_of_a_provider_are_in_the_readers_language(language: str) -> None:
    messages = list(refused_by_the_provider())
    assert len(messages) == 5
    for text in messages:
        assert (templates.worded(text) == text) == (language == "en"), text


def variables(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_every_message_once(language) -> None:
    written = (PROJECT / "app" / "ui" / "words" / f"{language}.yaml").read_text(encoding="utf-8")
    english, translated = words.words_of("en"), words.words_of(language)
    assert sorted(re.findall(r"^([a-z0-9_.-]+):", written, re.MULTILINE)) == sorted(english)
    assert [key for key in english if variables(translated[key]) != variables(english[key])] == []
    # In right-to-left text the dot of ".docx" would be shown after it, unless U+200E precedes it.
    dotted = [text for text in translated.values() if re.search(r"(?<![\w\u200e])\.[a-z]{2,5}\b", text)]
    assert language != "ar" or dotted == []


PARTIES = PartyTable.load()
REFUSED = [
    lambda: read_question(" ", PARTIES),
    lambda: read_question("word " * 2000, PARTIES),
    lambda: read_question("What did Austria say?", PARTIES, overrides={"states": ["Nowhereland"]}),
    lambda: read_question("What did Austria say?", PARTIES, overrides={"interval": ["2018-13", None]}),
    lambda: read_question("What did Austria say?", PARTIES, overrides={"interval": ["2019", "2018"]}),
    lambda: read_request(PARTIES),
    lambda: read_request(PARTIES, topics=["extradition"], states=["Korea"]),
    lambda: read_request(PARTIES, topics=["extradition"], states=["Qqqqzzz"]),
    lambda: read_request(PARTIES, articles=["none"]),
    lambda: read_request(PARTIES, articles=["NEVER 5"]),
    lambda: read_request(PARTIES, topics=["extradition"], years=["20"]),
    lambda: read_request(PARTIES, topics=["extradition"], years=["2020-2010"]),
    lambda: read_request(PARTIES, topics=["extradition"], years=["2018, 2020-10"]),
    lambda: read_request(PARTIES, topics=["extradition"], sessions=["CCPCJ 10, COP 12"]),
]


@pytest.mark.parametrize("refused", REFUSED)
def test_what_the_desk_refuses_is_told_in_the_readers_language(refused, language) -> None:
    with pytest.raises(AppError) as caught:
        refused()
    shown = templates.worded(str(caught.value))
    assert "docs/" not in shown and "`untoc" not in shown
    if language != "en":
        assert not re.search(r"\b(?:is|the|it|say|write|name|with)\b", shown), shown


def test_a_locked_store_names_no_process_and_no_setting(language) -> None:
    shown = templates.error_line(StoreLockedError("process 12 on host 'h' writes to '/var/x': choose another --store"))
    assert shown == words.words_of(language)["store-locked"]
    for kind, key in (
        (StoreAwayError, "told-store-away"), (StoreFullError, "told-store-full"), (StoreError, "told-store-away"),
        (FileGoneError, "told-file-gone"), (ModelError, "went-wrong"), (JobGivenUpError, "went-wrong"),
    ):  # fmt: skip
        error = kind("the database postgresql://untoc@db.internal is away: run the command again")
        assert templates.error_line(error) == words.words_of(language)[key]
        assert "db.internal" not in words.words_of(language)[key]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("no party 'x'; use a name", "No party 'x'; use a name"),
        ("statements.csv, line 5: no date", "statements.csv, line 5: no date"),
        (
            "'a.txt' is gone: ask again, such as `What did Iran say?`",
            "'a.txt' is gone: ask again, such as What did Iran say?",
        ),
        ("3 of 4: too few", "3 of 4: too few"),
    ],
)
def test_an_error_is_a_sentence_on_the_page_unless_it_begins_with_a_name(message, shown) -> None:
    assert templates.error_line(AppError(message)) == shown


def accepted(header: str) -> str:
    """Returns the language in which a browser is answered that sends this `Accept-Language` header."""
    words.word_for(Request({"type": "http", "headers": [(b"accept-language", header.encode())]}))
    return words.language()


def test_a_page_is_in_the_language_that_the_browser_names_and_reads_no_long_list_of_them() -> None:
    assert [accepted(each) for each in ("fr-CH, fr;q=0.9, en;q=0.8", "de, ar;q=0.5", "*", "xx", "")] == [
        "fr", "ar", "en", "en", "en"
    ]  # fmt: skip
    # A regular expression that backtracks takes seconds for a list this long.
    assert accepted("-a" * 8_000 + " ,ru") == "en"
