"""A scripted assistant and an in-memory corpus for the interface's tests, over real records.

The texts are the sample statement and plainly fictional ones; one of these is hostile on purpose.
"""

import asyncio
import hashlib
import time
import weakref
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from app.answering.assistant import Progress, Step
from app.answering.markdown import escape
from app.briefing.cells import Briefing, Composer
from app.briefing.request import BriefingRequest
from app.briefing.table_builder import BriefingProgress
from app.corpus.citation_view import EvidenceContext
from app.corpus.stored_documents import UndoStep
from app.errors import MetadataError, NotFoundError, QuestionError
from app.question.turns.state import EarlierTurn, earlier_turns
from app.records import Abstention, Answer, Citation, Claim, Coverage, Scope, Timings, TreatyScope
from ingest.parties.party_table import PartyTable
from tests.fakes_briefing import fake_briefing, worded_briefing
from tests.made import citation
from vectorstore.records import Document, DocumentSummary, Metadata, SentenceId, Statement, StatementSummary

SAMPLE = Path(__file__).parents[1] / "ingest" / "sample" / "000_6237221ecf9e9373.txt"
NAMES = {
    "IRN": "Iran (Islamic Republic of)",
    "XAA": "Arvandia (fictional)",
    "XBB": "<img src=x onerror=\"document.title='owned'\">Hostilia (fictional)",
    "XGG": "Group of Fictional States",
}
ARABIC = (
    "السيد الرئيس،\n\nترى حكومة أرفانديا (دولة خيالية) أن التعاون الدولي في تسليم المجرمين "
    "يقوم على الثقة المتبادلة. "
    "وتدعو أرفانديا جميع الدول الأطراف إلى تعيين سلطات مركزية قادرة على الرد خلال ثلاثين يوما. "
    "ونشكر الأمانة على إعداد الوثائق."
)
HOSTILE = (
    "Mr. Chair,\n\nBefore it. <img src=x onerror=\"document.title='owned'\"> "
    "<script>document.title='owned'</script> "
    "[click](javascript:document.title='owned') ![pixel](http://198.51.100.7/pixel.png) {{constructor}} ${1+1} "
    "<http://198.51.100.7/auto> we support article 4. After it."
)
EXAMPLE = "What did Iran say about article 4?"
HOSTILE_FILE = "<img src=x onerror=document.title='owned'>.txt"


def statement(file: str, text: str, metadata: Metadata, inferred: tuple[str, ...] = ()) -> Statement:
    digest = hashlib.sha256(f"{text}{metadata}".encode()).hexdigest()
    return Document(
        document_id=digest[:16],
        file=file,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        source_text=text,
        metadata=metadata,
        inferred=inferred,
    ).as_statement()


def sample_statement() -> Statement:
    metadata = Metadata(
        state="IRN", body="Conference of the Parties to the UNTOC", session="10", date="2020-10-12/2020-10-16",
        agenda_item="4", title="International cooperation", language="en",
    )  # fmt: skip
    return statement(SAMPLE.name, SAMPLE.read_bytes().decode(), metadata, ("state", "session"))


def arabic_statement() -> Statement:
    metadata = Metadata(
        state="XAA", body="Fictional Conference", session="3", date="2031-05-02", language="ar", title="بيان أرفانديا"
    )
    return statement("arvandia-3.txt", ARABIC, metadata)


def hostile_statement() -> Statement:
    evil = '"><script>document.title="owned"</script>'
    metadata = Metadata(state="XBB", body=evil, session=evil, date="2031", agenda_item=evil, title=evil, language="en")
    return statement(HOSTILE_FILE, HOSTILE, metadata)


def group_statement() -> Statement:
    text = "Madam Chair,\n\nThe Group calls for joint training of central authorities. It thanks the Secretariat."
    held = {"state": "XGG", "on_behalf_of": "XGG", "speaker": "Arvandia"}
    metadata = Metadata(**held, body="Fictional Conference", date="2031-05-03", language="en")
    return statement("group.txt", text, metadata)


METADATA = ("state", "on_behalf_of", "speaker", "body", "session", "date", "agenda_item", "title", "language")


def cite(source: Statement, number: int, first: str, last: str, **changes: Any) -> Citation:
    """Returns a citation of a statement's span that begins with the words `first` and ends with `last`."""
    start = source.source_text.index(first)
    end = source.source_text.index(last, start) + len(last)
    quoted = source.source_text[start:end]
    made = citation(
        " ".join(quoted.split()), source_quote=quoted, number=number, statement_id=source.statement_id, start=start,
        file=source.file, paragraph=number, sentence_ids=(SentenceId(source.statement_id, number),), kind=source.kind,
        inferred=source.inferred, **{name: getattr(source.metadata, name) for name in METADATA},
    )  # fmt: skip
    return replace(made, **changes)


def ingested(controller: Any, begun: tuple[Any, ...]) -> list[Any]:
    """Waits for an ingest that the Ingest tab began; returns what the tab shows at its end."""

    async def watched() -> list[Any]:
        return [shown async for _, *shown in controller.watch(begun[1])][-1]

    return asyncio.run(watched())


class FakeCorpus:
    """Holds statements in memory, and cannot ingest any."""

    def __init__(self, statements: Sequence[Statement] = ()) -> None:
        self.stored = {item.statement_id: item for item in statements}

    def parties(self) -> PartyTable:
        return PartyTable.load()

    def documents(self) -> tuple[DocumentSummary, ...]:
        return tuple(self._summary(item) for item in self.stored.values())

    def _summary(self, item: Statement) -> DocumentSummary:
        copied = {name: getattr(item, name) for name in ("file", "sha256", "kind", "metadata", "inferred")}
        known = dict.fromkeys(("document_id", "digest", "input_key"), item.statement_id)
        passages = max(1, len(item.source_text) // 800)
        return DocumentSummary(folder="", passages=passages, added="2031-01-01T00:00:00Z", **copied, **known)

    def interventions(self, record_id: str) -> tuple[StatementSummary, ...]:
        return ()

    def given_up(self) -> tuple[str, ...]:
        return ()

    def broken_off(self, person: str) -> int:
        return 0

    def kinship(self, statement_id: str) -> str | None:
        return None

    def show(self, statement_id: str) -> Statement:
        if statement_id not in self.stored:
            raise NotFoundError(f"no statement {statement_id!r} in the store; see `untoc list`")
        return self.stored[statement_id]

    def edit(self, statement_id: str, changes: Mapping[str, str]) -> str:
        old = self.show(statement_id)
        if changes.get("state", "IRN") not in NAMES:
            raise MetadataError(f"no party {changes['state']!r}; use a name or an ISO 3166 code")
        metadata = replace(old.metadata, **{name: value or None for name, value in changes.items()})
        new = statement(old.file, old.source_text, metadata, tuple(n for n in old.inferred if n not in changes))
        del self.stored[statement_id]
        self.stored[new.statement_id] = new
        return new.statement_id

    def holding(self, words: str) -> frozenset[str]:
        return frozenset(i for i, item in self.stored.items() if words.casefold() in item.source_text.casefold())

    def undo_step(self, statement_id: str) -> UndoStep:
        held = self.show(statement_id)
        return UndoStep(document=held.document, summary=self._summary(held), parts=(), now=statement_id)

    def restore(self, step: UndoStep) -> None:
        self.stored.pop(step.now or "", None)
        self.stored[step.summary.document_id] = step.document.as_statement()

    def summary(self, statement_id: str) -> DocumentSummary:
        return self._summary(self.show(statement_id))

    def remove(self, statement_id: str, *, undoable: bool = False) -> None:
        del self.stored[self.show(statement_id).statement_id]

    def trace(self, trace_id: str) -> dict[str, object]:
        raise NotFoundError(f"no trace of an answer {trace_id!r}")

    def context(self, citation: Citation) -> EvidenceContext:
        text = self.show(citation.statement_id).source_text
        start = max(text.rfind("; \n \n", 0, citation.start), text.rfind("\n\n \n\n", 0, citation.start), 0)
        before, after = text[start : citation.start], text[citation.end : citation.end + 1500]
        return EvidenceContext(
            before=" ".join(before.split())[-900:] + " ",
            quote=citation.quote,
            after=" " + " ".join(after.split()),
            direction="rtl" if citation.language == "ar" else "ltr",
        )

    def recheck_answer(self, answer: Answer) -> Answer:
        return answer

    def recheck(self, citations: Sequence[Citation]) -> Sequence[Citation]:
        return citations

    def party_name(self, code: str | None, language: str = "en") -> str:
        if code == "IRN" and language != "en":
            return self.parties().display(code, language)
        return NAMES.get(code or "", code or "")

    def reference(self, citation: Citation, language: str = "en") -> str:
        return f"{self.party_name(citation.state)}, “{citation.quote}” ({citation.file}, para. {citation.paragraph})"


class FakeAssistant:
    """Chooses an answer by a word in the question, and records the questions."""

    def __init__(self, corpus: FakeCorpus, *, step_seconds: float = 0.0) -> None:
        self.corpus = corpus
        self.step_seconds = step_seconds
        self.asked: list[tuple[str, dict[str, Any] | None, tuple[EarlierTurn, ...]]] = []

    def ask(self, question: str, **how: Any) -> Answer:
        *_, answer = self.stream(question, **how)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, *, overrides: Mapping[str, Any] | None = None, history: Sequence[str | EarlierTurn] = ()
    ) -> Iterator[Progress | Answer]:
        self.asked.append((question, dict(overrides) if overrides else None, earlier_turns(history)))
        if not question.strip():
            raise QuestionError("the question is empty; type what you want to know")
        for step in get_args(Step):
            yield Progress(step=step)
            time.sleep(self.step_seconds)
        yield self._answer(question, dict(overrides or {}), bool(history))

    def suggest(self, answer: Answer) -> tuple[str, ...]:
        return ("What did Arvandia say?",) if answer.citations else ()

    def _answer(self, question: str, overrides: dict[str, Any], follows: bool) -> Answer:
        words = question.casefold()
        if "korea" in words:
            return self._ambiguous(question)
        source, spans = self._evidence(words)
        citations = tuple(cite(source, number, *span) for number, span in enumerate(spans, 1))
        code = source.metadata.state or ""
        scope = Scope(
            states=tuple(overrides.get("states", (code,))),
            treaties=(TreatyScope(treaty="UNTOC", articles=("4",)),) if "treaties" not in overrides else (),
            years=tuple(overrides.get("years", ("2020",) if code == "IRN" else ())),
            topic=str(overrides.get("topic", question)),
            kept=("states",) if follows else (),
            notes=("article 4 read as UNTOC article 4, Protection of sovereignty",),
        )
        lines = [f"**{escape(NAMES[code])}** said:", ""]
        lines += [f"> “{escape(citation.quote)}” [{citation.number}]\n" for citation in citations]
        related = ()
        if code == "IRN":
            number = len(citations) + 1
            related = (cite(source, number, "We are well aware", "criminal justice responses."),)
        return Answer(
            question=question,
            answer="\n".join(lines),
            status="answered",
            scope=scope,
            claims=(Claim(text="", state=code, citations=tuple(c.number for c in citations)),),
            citations=citations,
            more=2,
            related=related,
            coverage=Coverage(
                statements_in_scope=len(self.corpus.stored),
                statements_with_evidence=1,
                states_without_evidence=("XAA",),
                unreadable_files=(HOSTILE_FILE,) if code == "XBB" else (),
            ),
            confidence=0.8,
            timings_ms=Timings(total=420.0),
            trace_id=f"trace-{len(self.asked)}",
        )

    def _evidence(self, words: str) -> tuple[Statement, list[tuple[str, str]]]:
        if "arvandia" in words:
            return arabic_statement(), [("وتدعو", "يوما.")]
        if "hostil" in words:
            return hostile_statement(), [("<img", "article 4.")]
        if "group" in words:
            return group_statement(), [("The Group calls", "authorities.")]
        return sample_statement(), [
            ("Cognizant of the importance", "within the provisions of the \n\nConvention."),
            ("International cooperation must", "rule of law internationally;"),
        ]

    def _ambiguous(self, question: str) -> Answer:
        options = ("Arvandia (fictional)", "Hostilia <b>(fictional)</b>")
        message = "“Korea” can mean more than one State. Which one do you mean?"
        abstention = Abstention(reason="ambiguous", message=message, options=options)
        return Answer(
            question=question, answer=message, status="abstained", abstention=abstention, scope=Scope(topic=question),
            trace_id=f"trace-{len(self.asked)}",
        )  # fmt: skip


def fake_workspace(*, step_seconds: float = 0.0) -> tuple[FakeAssistant, FakeCorpus]:
    """Makes an assistant over the sample and three fictional statements."""
    corpus = FakeCorpus([sample_statement(), arabic_statement(), hostile_statement(), group_statement()])
    return FakeAssistant(corpus, step_seconds=step_seconds), corpus


class FakeBuilder:
    """Answers every request with the fictional briefing, two cells at a time."""

    def __init__(self, model: str | None = None) -> None:
        self.model = model
        self.composers: list[Composer | None] = []

    def build(
        self,
        request: BriefingRequest,
        progress: Callable[[BriefingProgress], None] | None = None,
        *,
        composer: Composer | None = None,
        **_: int | None,
    ) -> Briefing:
        self.composers.append(composer)
        for done in range(2):
            if progress is not None:
                progress(BriefingProgress(done=done, total=2, label="Arvandia: extradition"))
        return fake_briefing() if composer == "extractive" or self.model is None else worded_briefing()

    def find(
        self, party: str, words: str, *, but: Container[str] = (), **scope: str | tuple[str, ...] | None
    ) -> tuple[Citation, ...]:
        found = (c for c in fake_briefing().citations if c.state == party and words.casefold() in c.quote.casefold())
        return tuple(c for c in found if not any(sentence in but for sentence in c.sentence_ids))


def fake_tools(folder: Path, *, model: str | None = None) -> Any:
    """Makes the part of a workspace that the tabs Briefing and Check use, over a record without statements."""
    from app.briefing.reviews import ReviewBook
    from app.checking.checker import Checker
    from app.checking.comparing.corpus_texts import CorpusTextsCache
    from app.settings import Settings
    from ingest.loaders.loaded import LoadLimits
    from vectorstore.catalogue import Catalogue

    folder.mkdir(parents=True, exist_ok=True)
    catalogue = Catalogue(folder / "reviews.sqlite3")
    checker = Checker(CorpusTextsCache(catalogue), PartyTable.load, LoadLimits())
    tools = SimpleNamespace(
        briefings=FakeBuilder(model), reviews=ReviewBook(catalogue), checker=lambda: checker,
        corpus=fake_workspace()[1], settings=Settings(store=folder),
    )  # fmt: skip
    weakref.finalize(tools.briefings, catalogue.close)
    return tools
