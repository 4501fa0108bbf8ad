"""The assistant's own words: complete in every language, with the code's variables, and without quotation marks."""

import ast
import re
import shutil
from pathlib import Path

import pytest
import yaml

from prompts import prompt
from prompts.prompt import PromptError
from prompts.wording import LANGUAGES, load_briefing_words, load_messages, load_remark_words, load_wording
from tests.cases import Cases
from tests.conftest import PROJECT

cases = Cases(__file__)

# No message may name a command, since a person who reads it in a browser has no command line.
COMMANDS = re.compile(r"\buntoc(?:-eval)? [a-z]|\bingest\b|\bdoctor\b|(?<!\S)--[a-z]", re.ASCII)
MARKS = re.compile("[\"“”„‟«»‹›‘‚‛「」『』〝〞〟＂❝❞`]|(?<![^\\W\\d_])['’]|['’](?![^\\W\\d_])")


LOADS = [load_wording, load_briefing_words, load_remark_words]


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_takes_its_variables_and_holds_neither_quotation_marks_nor_commands(language, load):
    loaded = load(language)
    assert loaded.language == language and re.fullmatch(r"[0-9a-f]{12}", loaded.version)
    for key, variables in load("en").variables.items():
        said = loaded.say(key, **{name: f"<{name}>" for name in variables})
        assert said.strip() and all(f"<{name}>" in said for name in variables)
    assert {key: text for key, text in loaded.messages.items() if COMMANDS.search(text)} == {}
    # Only quotations may be in quotation marks; an apostrophe inside a word is no such mark. Remarks of a check are
    # exempt, since they put words of the draft in quotation marks.
    assert load is load_remark_words or {key: text for key, text in loaded.messages.items() if MARKS.search(text)} == {}


def test_the_code_says_messages_that_there_are_with_all_of_their_variables():
    known = [load("en").variables for load in LOADS]
    calls = [
        node
        for source in (file.read_text(encoding="utf-8") for file in (PROJECT / "app").rglob("*.py"))
        if ".say(" in source
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say"
    ]
    said = [
        (node.args[0].value, {keyword.arg for keyword in node.keywords})
        for node in calls
        if node.args and isinstance(node.args[0], ast.Constant) and all(keyword.arg for keyword in node.keywords)
    ]
    assert len(said) > 50
    assert [call for call in said if not any(each.get(call[0], {None}) <= call[1] for each in known)] == []


@pytest.mark.parametrize("language", ["de", "", "xx", "../wording"])
def test_a_language_without_wording_gets_english(language):
    assert load_wording(language).language == "en"


def test_say_takes_braces_in_values_as_they_are():
    assert load_wording("en").say("unknown_party", name="{party}").startswith("No State or group called {party} ")


@cases("old", "new", "names", tuples=True)
def test_load_wording_names_what_is_wrong(old, new, names, monkeypatch, tmp_path):
    for language in ("en", "fr"):
        shutil.copy(Path(prompt.__file__).parent / f"answer.{language}.md", tmp_path)
    french = tmp_path / "answer.fr.md"
    text = french.read_text(encoding="utf-8")
    assert old in text
    french.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(prompt, "files", lambda package: tmp_path)
    with pytest.raises(PromptError) as caught:
        # Bypasses the cache.
        load_messages.__wrapped__("answer", "fr")
    assert "answer.fr.md" in str(caught.value)
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize(("party", "said"), [("Arvandia", "d’Arvandia"), ("Belmora", "de Belmora")])
def test_french_elides_the_word_before_a_name(party, said):
    assert f"membre {said}" in load_wording("fr").say("as_member", party="Velmyra", group=party)


@pytest.mark.parametrize("key", ["no_statement", "no_position", "not_mentioned", "nearest_passage", "silent_parties"])
def test_french_messages_need_no_article_of_a_name(key):
    said = load_wording("fr").say(key, party="Cassoria", parties="Cassoria", count=2)
    assert " : Cassoria" in said and "de Cassoria" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tab_is_called_by_its_own_name(language):
    words = yaml.safe_load((PROJECT / "app" / "ui" / "words" / f"{language}.yaml").read_text(encoding="utf-8"))
    tab = words["tab-ingest"]
    assert all(tab in load_wording(language).say(key, party="Arvandia") for key in ("no_statement", "empty_corpus"))


def test_say_refuses_a_variable_that_is_missing():
    with pytest.raises(KeyError, match="count"):
        load_wording("en").say("more")
