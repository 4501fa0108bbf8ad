"""The model composer: claims that hold are shown above their quotations, and others are not shown."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.answering.assistant import Assistant, Progress
from app.answering.compose.reply_parser import LineReader, StructuredReader
from app.answering.verify_citations import verify_citation
from app.chat_model import LlmConfig, error_message, open_chat_model, try_model
from app.errors import ChatModelError
from app.records import Answer
from app.wiring import Workspace
from ingest.parties.party_table import PartyTable
from prompts.prompt import load_prompt
from tests.cases import Cases
from tests.fakes_chat import Script, writer
from tests.fakes_corpora import workspace_over
from tests.made import citation

cases = Cases(__file__)

QUESTION = "What did Arvandia say about article 4?"
SOUND = (
    "Arvandia says that the protection which article 4 gives to the domestic jurisdiction of States"
    " is not a privilege of the strong"
)
LIMIT = 3.0


def number_of(user: str, words: str) -> str:
    """The id of the sentence that holds these words."""
    line = next(line for line in user.splitlines() if words in line)
    return line[1 : line.index("]")]


def sound(system: str, user: str) -> list[tuple[str, list[str]]]:
    return [(SOUND, [number_of(user, "privilege of the strong")])]


def assistant(workspace: Workspace, script: Script, **options: Any) -> Assistant:
    """An assistant whose model follows a script; options are fields of `LlmConfig` or else go to the script."""
    fields = {name: options.pop(name) for name in LlmConfig.model_fields.keys() & options.keys()}
    config = LlmConfig(**{"model": "openai:test", "timeout_seconds": LIMIT} | fields)
    steps = replace(workspace.steps, writer=writer(script, config=config, **options))
    return Assistant(steps, workspace.store.catalogue, keep_traces=0)


def ask(workspace: Workspace, script: Script, **options: Any) -> Answer:
    return assistant(workspace, script, **options).ask(QUESTION)


@pytest.mark.parametrize("structured", [True, False])
def test_a_sound_claim_is_shown_over_its_quotation(workspace, structured):
    answer = ask(workspace, sound, structured=structured, usage=(900, 40))
    assert (answer.composer, answer.model, answer.status) == ("model", "openai:test", "answered")
    claim = next(claim for claim in answer.claims if claim.text == SOUND)
    assert claim.state == "XAA"
    shown = answer.answer.split("\n\n")
    place = next(at for at, block in enumerate(shown) if block.startswith(SOUND))
    assert shown[place - 1].startswith("**Arvandia** · ")
    assert shown[place] == f"{SOUND} [1]" and shown[place + 1].startswith("> “") and shown[place + 1].endswith("[1]")
    assert answer.prompt_version == load_prompt("compose" if structured else "compose_lines").version
    if structured:
        assert (answer.usage["prompt_tokens"], answer.usage["completion_tokens"]) == (900, 40)
        assert not answer.usage["estimated"]


def test_groups_and_parties_without_a_claim_keep_their_quotations(workspace):
    quoted = workspace.assistant.ask(QUESTION)
    answer = ask(workspace, sound)
    assert {claim.state for claim in answer.claims} == {claim.state for claim in quoted.claims} == {"XAA", "XGR"}
    assert answer.spoken_for == quoted.spoken_for
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))


def test_a_copied_sentence_becomes_a_quotation(workspace):
    def copied(system: str, user: str) -> list[tuple[str, list[str]]]:
        line = next(line for line in user.splitlines() if "privilege of the strong" in line)
        return [(line.partition("] ")[2], [line[1 : line.index("]")]])]

    answer = ask(workspace, copied)
    assert answer.composer == "model"
    assert answer.claims[0].text == f"Arvandia: “{answer.citations[0].quote}”"


def test_usage_is_estimated_and_priced_where_the_provider_says_nothing(workspace):
    answer = ask(workspace, sound, input_price=3.0, output_price=15.0)
    assert answer.usage is not None and answer.usage["estimated"] is True
    cost = (3.0 * answer.usage["prompt_tokens"] + 15.0 * answer.usage["completion_tokens"]) / 1_000_000
    assert answer.usage["cost"] == round(cost, 6) and cost > 0


BAD: dict[str, Callable[[str, str], Any]] = {
    "says nothing": lambda system, user: "",
    "has no claims": lambda system, user: [],
    "breaks its JSON": lambda system, user: '{"claims": [{"text": "Arvandia says',
    "says something else as JSON": lambda system, user: '{"answer": ["yes", {"no": 1}], "claims": "none"}',
    "names unknown ids": lambda system, user: [(SOUND, ["S99"]), (SOUND + ".", ["first"]), (SOUND + "!", [])],
    "writes 50,000 tokens": lambda system, user: "Arvandia supports the Convention. " * 10_000,
    "writes 50,000 tokens of claims": lambda system, user: [
        ("Arvandia supports nothing at all " + str(n), ["S1"]) for n in range(6000)
    ],
    "answers in another language": lambda system, user: [
        ("Арвандия выступает за отмену статьи 4", ["S1"]), ("阿尔万迪亚主张废除第四条", ["S1"]),
    ],
    "fails": lambda system, user: RuntimeError("out of memory"),
    "cannot be reached": lambda system, user: ConnectionError("refused"),
}  # fmt: skip


@pytest.mark.parametrize("structured", [True, False], ids=["structured", "lines"])
@pytest.mark.parametrize(
    "how", [pytest.param(how, marks=[pytest.mark.heavy] if "50,000" in how else []) for how in BAD]
)
def test_whatever_a_model_does_the_answer_is_sound_and_in_time(how, structured, workspace):
    quoted = workspace.assistant.ask(QUESTION)
    began = time.monotonic()
    answer = ask(workspace, BAD[how], structured=structured, piece=4000)
    assert time.monotonic() - began < LIMIT + 3
    assert (answer.composer, answer.model) == ("extractive", "openai:test")
    assert answer.claims == quoted.claims and answer.citations == quoted.citations
    assert "openai:test" in answer.answer.split("\n\n")[-1]
    for cited in answer.citations:
        assert verify_citation(cited, workspace.store.catalogue.statement(cited.statement_id)) == "verified"


def endless(system: str, user: str) -> list[tuple[str, list[str]]]:
    return [*sound(system, user), *[(f"Arvandia says nothing {n}", ["S1"]) for n in range(3000)]]


def test_a_model_that_is_too_slow_is_left_and_what_held_so_far_is_kept(workspace):
    stopped = threading.Event()
    began = time.monotonic()
    answer = ask(workspace, endless, piece=40, pause=0.02, stopped=stopped, timeout_seconds=1)
    assert time.monotonic() - began < 3.5
    assert answer.composer == "model" and answer.claims[0].text == SOUND
    assert stopped.wait(2)


def test_a_model_that_never_begins_ends_at_the_time_limit(workspace):
    began = time.monotonic()
    answer = ask(workspace, sound, pause=20.0, timeout_seconds=0.3)
    assert time.monotonic() - began < 3
    assert answer.composer == "extractive"
    assert "did not answer in time" in answer.answer


def test_reading_the_question_and_writing_the_answer_share_the_time_limit(workspace):
    asked: list[str] = []

    def slow(system: str, user: str) -> list[tuple[str, list[str]]]:
        asked.append(system)
        time.sleep(20)
        return sound(system, user)

    answer = ask(workspace, slow, timeout_seconds=0.3, reads_questions=True)
    assert answer.composer == "extractive" and "did not answer in time" in answer.answer
    assert len(asked) == 1


def test_quotations_in_a_known_other_language_are_translated_ten_at_a_time():
    asked: list[list[str]] = []

    def translating(system: str, user: str) -> str:
        asked.append(re.findall(r"\[(S\d+)\]", user.split("Translate")[0]))
        return "\n".join(f"The Fund is useful. [{number}]" for number in asked[-1])

    quotations = [citation("Le Fonds est utile.", language="fr", number=number) for number in range(1, 12)]
    others = [citation("The Fund.", language="en", number=12), citation("Fondo.", language=None, number=13)]
    texts, usage = writer(translating).translate([*quotations, *others], "en", PartyTable.load())
    assert [*texts] == [*range(1, 12)] and usage["requests"] == 2
    assert [len(numbers) for numbers in asked] == [10, 1]


def test_claims_are_streamed_as_they_hold_and_nothing_else(workspace):
    def mixed(system: str, user: str) -> list[tuple[str, list[str]]]:
        return [("Arvandia supports torture", ["S1"]), *sound(system, user), ("Arvandia likes article 14", ["S1"])]

    shown: list[str] = []
    answer = None
    for item in assistant(workspace, mixed, piece=30, pause=0.002).stream(QUESTION):
        if isinstance(item, Progress):
            shown += [item.shown] if item.shown else []
        else:
            answer = item
    assert answer is not None and shown
    assert all(SOUND in text and "“" in text for text in shown)
    assert not any("torture" in text or "article 14" in text for text in shown)
    assert 0 < answer.timings_ms.first_claim < answer.timings_ms.total
    assert {claim.reason for claim in answer.dropped_claims} == {
        "its word “supports” is not in its evidence",
        "it cites article 14 of UNTOC, its evidence does not",
    }


def test_leaving_the_stream_stops_the_model(workspace):
    stopped = threading.Event()
    stream = assistant(workspace, endless, piece=40, pause=0.01, stopped=stopped).stream(QUESTION)
    for item in stream:
        if isinstance(item, Progress) and item.step == "retrieve":
            break
    next(stream)
    stream.close()
    assert stopped.wait(2)


@pytest.mark.parametrize(
    ("first", "requests", "then"),
    [([], 1, "compose"), (ConnectionError("refused"), 2, "compose"), ("Here you are.", 2, "compose_lines")],
    ids=["nothing answers", "cannot be reached", "no structure"],
)
def test_lines_are_kept_to_only_where_they_were_read_and_structure_was_not(first, requests, then, workspace):
    unread, asked = True, 0

    def script(system: str, user: str) -> Any:
        nonlocal asked
        asked += 1
        lines = "square brackets" in system
        return first if unread and not (lines and isinstance(first, str)) else sound(system, user)

    desk = assistant(workspace, script)
    desk.ask(QUESTION)
    assert asked == requests
    unread = False
    assert desk.ask(QUESTION).prompt_version == load_prompt(then).version


def test_a_small_context_leaves_sentences_out_and_says_so(workspace):
    def shown(system: str, user: str) -> list[tuple[str, list[str]]]:
        return sound(system, user) if "privilege" in user else []

    assert "for want of room" in ask(workspace, shown, context_tokens=1100, max_tokens=400).answer
    assert ask(workspace, sound, context_tokens=512, max_tokens=500).composer == "extractive"


def test_claims_of_two_parties_in_one_are_dropped(workspace):
    def mixed(system: str, user: str) -> list[tuple[str, list[str]]]:
        own, group = number_of(user, "privilege of the strong"), number_of(user, "The Group reaffirms")
        return [("Arvandia and the Group of Riparian States speak of article 4", [own, group])]

    answer = ask(workspace, mixed)
    assert answer.composer == "extractive"
    assert answer.dropped_claims[0].reason == "it rests on the words of several: XAA, XGR"


TOLD = """Statement by Arvandia

Mr. President,

{}

We support a regional court.
"""


@cases("told", "claim")
def test_a_claim_on_words_that_its_party_quotes_is_dropped(told, claim, tmp_path):
    def script(system: str, user: str) -> list[tuple[str, list[str]]]:
        lines = {claim.partition(" ")[2]: claim, "We support": "Arvandia supports a regional court."}
        return [(text, [number_of(user, words.rstrip("."))]) for words, text in lines.items()]

    with workspace_over(tmp_path, {"a.txt": TOLD.format(told)}) as desk:
        answer = assistant(desk, script).ask("What did Arvandia say about a court?")
    assert [each.text for each in answer.claims] == ["Arvandia supports a regional court."]
    assert [each.text for each in answer.dropped_claims] == [claim]


def test_line_reader_reads_ids_however_they_are_bracketed():
    reader = LineReader()
    text = (
        "Here are claims:\n- One says. [S1]\n2) Two [S2, S3]\nThree (4).\nno ids\n四。【S5】\n"
        "Six [S6][S7]\nArticle 8 (3) [S9]"
    )
    found = [claim for piece in (text[:30], text[30:]) for claim in reader.feed(piece)] + list(reader.finish())
    assert [(claim.text, claim.numbers) for claim in found] == [
        ("One says.", (1,)),
        ("Two", (2, 3)),
        ("Three", (4,)),
        ("四。", (5,)),
        ("Six", (6, 7)),
        ("Article 8 (3)", (9,)),
    ]
    # The paragraph of an article is no id.
    assert [claim.numbers for claim in LineReader().feed("Arvandia supports all of article 8 (3).\n")] == [()]


@pytest.mark.parametrize(
    ("line", "is_claim"),
    [
        ("阿尔万迪亚支持设立共同基金，并愿意提供捐款。", True),
        ("阿尔万迪亚的立场：", False),
        ("Арвандия поддерживает создание общего фонда.", True),
        ("- On extradition –", False),
    ],
)
def test_a_line_without_ids_is_a_claim_by_its_words_in_every_script(line, is_claim):
    assert [claim.numbers for claim in LineReader().feed(f"{line}\n")] == [()] * is_claim


def test_structured_reader_waits_until_a_claim_is_whole():
    reader = StructuredReader()
    first, second = {"text": "One", "sentences": ["S1"]}, {"text": "Tw"}
    assert not list(reader.feed({"claims": [first]}))
    assert [claim.text for claim in reader.feed({"claims": [first, second]})] == ["One"]
    assert not list(reader.feed({"claims": [first, {"text": "Two", "sentences": [2, "[S3]", "x"]}]}))
    assert [claim.numbers for claim in reader.finish()] == [(2, 3, 0)]


@pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])
def test_a_missing_integration_names_its_extra(provider, monkeypatch):
    def missing(*arguments: Any, **options: Any) -> Any:
        raise ImportError(f"Initializing requires the langchain-{provider} package")

    monkeypatch.setattr("langchain.chat_models.init_chat_model", missing)
    with pytest.raises(ChatModelError, match=rf"pip install 'untoc\[{provider}\]'"):
        open_chat_model(LlmConfig(model=f"{provider}:x"))
    assert not try_model(LlmConfig(model=f"{provider}:x")).ok


@pytest.mark.parametrize("model", ["gpt", "openai:", ":x"])
def test_a_model_without_provider_or_name_is_refused(model):
    with pytest.raises(ChatModelError, match="PROVIDER:NAME"):
        open_chat_model(LlmConfig(model=model))


def test_what_a_client_says_is_shown_without_the_key():
    config = LlmConfig(model="openai:x", api_key=SecretStr("sk-secret"))
    assert error_message(ValueError("bad key sk-secret\nin it"), config) == "ValueError: bad key ******** in it"


@pytest.fixture
def given(monkeypatch):
    """The arguments that a provider's client is given."""
    given: dict[str, Any] = {}

    def init(name: str, **options: Any) -> str:
        given.update(options)
        return name

    monkeypatch.setattr("langchain.chat_models.init_chat_model", init)
    return given


def test_the_environments_key_does_not_go_to_another_server(given):
    open_chat_model(LlmConfig(model="openai:x", base_url="http://127.0.0.1:1/v1", requests_per_minute=30))
    assert given["api_key"] == "none" and given["max_retries"] == 2 and given["temperature"] == 0.0
    assert given["rate_limiter"].requests_per_second == 0.5
    given.clear()
    open_chat_model(LlmConfig(model="openai:x", temperature="default"))
    assert "api_key" not in given and "temperature" not in given and "rate_limiter" not in given


def test_a_connection_to_an_ollama_server_is_tried_again(given):
    open_chat_model(LlmConfig(model="ollama:x", max_retries=3, timeout_seconds=5))
    transport = given["sync_client_kwargs"]["transport"]
    with httpx.Client(transport=transport, **given["client_kwargs"]):
        assert transport._pool._retries == 3
