"""The assistant's own words: complete in every language, with the declared variables and no quotation marks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prompts import wording
from prompts.errors import PromptError
from prompts.wording import DOCUMENT_VARIABLES, LANGUAGES, VARIABLES, Wording, load_document_words, load_wording

MARKS = re.compile("[\"“”„‟«»‹›‘‚‛「」『』〝〞〟＂❝❞`]|(?<![^\\W\\d_])['’]|['’](?![^\\W\\d_])")


@pytest.fixture
def fresh_cache() -> Iterator[None]:
    load_wording.cache_clear()
    yield
    load_wording.cache_clear()


BOTH = pytest.mark.parametrize(
    ("load", "declared"), [(load_wording, VARIABLES), (load_document_words, DOCUMENT_VARIABLES)]
)


@BOTH
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message(
    language: str, load: Callable[[str], Wording], declared: dict[str, frozenset[str]]
) -> None:
    loaded = load(language)
    assert loaded.language == language and re.fullmatch(r"[0-9a-f]{12}", loaded.version)
    for key, variables in declared.items():
        said = loaded.say(key, **{name: f"<{name}>" for name in variables})
        assert said.strip() and all(f"<{name}>" in said for name in variables)


@BOTH
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_holds_quotation_marks(
    language: str, load: Callable[[str], Wording], declared: dict[str, frozenset[str]]
) -> None:
    # Whatever stands in quotation marks must be a quotation; an apostrophe inside a word is none.
    assert {key: text for key, text in load(language).messages.items() if MARKS.search(text)} == {}


def test_languages_do_not_share_their_messages() -> None:
    texts = [load_wording(language).messages["not_mentioned"] for language in LANGUAGES]
    assert len(set(texts)) == len({load_wording(language).version for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", ["de", "", "xx", "../wording"])
def test_a_language_without_wording_gets_english(language: str) -> None:
    assert load_wording(language).language == "en"


def test_say_takes_braces_in_values_as_they_are() -> None:
    assert load_wording("en").say("unknown_party", name="{party}").startswith("No State or group called {party} ")


def _changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str) -> None:
    text = (Path(wording.__file__).parent / "wording.en.md").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "wording.en.md").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(wording, "files", lambda package: tmp_path)


@pytest.mark.usefixtures("fresh_cache")
@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("agenda item {item}", "agenda item {number}", ("'agenda_item'", "number", "item")),
        ("agenda item {item}", "agenda item", ("'agenda_item'", "item")),
        ("session {number}", "session {number} {item}", ("'session'", "item")),
        ("## missing_name", "## missing_title", ("missing_name", "missing_title")),
        ("## related\n", "## related\n\n## unheard\n", ("unheard",)),
        ("page {number}", "page {}", ("'page'",)),
    ],
)
def test_load_wording_names_what_is_wrong(
    old: str, new: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _changed(monkeypatch, tmp_path, old, new)
    with pytest.raises(PromptError) as caught:
        load_wording("en")
    assert "wording.en.md" in str(caught.value)
    assert all(name in str(caught.value) for name in names)


@pytest.mark.usefixtures("fresh_cache")
def test_load_wording_names_a_message_with_a_stray_brace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _changed(monkeypatch, tmp_path, "page {number}", "page {number")
    with pytest.raises(PromptError, match="'page'"):
        load_wording("en")


def test_say_refuses_a_variable_that_is_missing() -> None:
    with pytest.raises(KeyError, match="count"):
        load_wording("en").say("more")
