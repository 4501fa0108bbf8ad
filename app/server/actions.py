"""Operations that the API and the MCP tools share; both return the JSON of these methods as it is."""

from collections.abc import Callable, Generator, Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar, cast

from app.answering.assistant import Progress
from app.answering.history import read_turns
from app.briefing.as_json import contract_of
from app.briefing.cells import Briefing
from app.briefing.kept_briefings import KeptBriefings
from app.briefing.request import read_request
from app.checking.reading.documents import read_pasted
from app.corpus.as_json import shown_json, summary_json
from app.corpus.draft_cases import DraftCases
from app.desk.conversations import Conversations
from app.desk.tables import Tables
from app.desk.works import Works
from app.export.briefing_lines import DocumentForm, arrange
from app.export.write import write_briefing
from app.records import Answer
from app.server.method_rules import Gatekeeper, Rule, guarded
from app.server.models import BriefingWish, Draft, Filters, Question, Search
from app.server.person import current_person
from app.wiring import Workspace
from ingest.text.canonical_form import without_surrogates

_SEARCH: Final = Rule(needs="read", costly=True)
_METADATA: Final = {"state", "body", "session", "agenda_item", "language"}
Item = TypeVar("Item")


class Actions:
    """The operations on a workspace, for the person of the current request, by the rules of `method_rules.py`."""

    def __init__(self, workspace: Workspace, tables: Tables, gate: Gatekeeper) -> None:
        """Sets up the operations; `unguarded` is the workspace without checks, for the program's own use."""
        self.unguarded, self.gate = workspace, gate
        self.workspace = workspace.guarded(lambda target: guarded(target, gate))
        self.corpus = self.workspace.corpus
        self.checker = guarded(workspace.checker(), gate)
        knows = None if workspace.settings.server.accounts == "none" else gate.accounts.active_name

        def owner() -> str:
            """Returns whose works are read and changed, whatever asks for them: a route or an event of the chat."""
            gate.require("work")
            return current_person().name

        # The person's own and shared works; the other three are views of them.
        self.works = Works(tables, owner, knows=knows, log=lambda words: gate.log("share", words))
        self.conversations = Conversations(self.works, self.corpus.recheck_answer)
        self.kept = KeptBriefings(self.works, self.corpus.recheck, self.workspace.reviews.of)
        self.cases = DraftCases(self.works, workspace.settings.store)

    def about(self) -> dict[str, Any]:
        """Returns the version, and the store and models in use."""
        settings = self.workspace.settings
        return {
            "version": version("untoc"),
            "statements": len(self.unguarded.corpus.documents()),
            "store": settings.store.name,
            "generation": self.unguarded.store.catalogue.generation,
            "models": {**self.workspace.models, "chat": settings.llm.model or None},
        }

    def ask(self, asked: Question) -> dict[str, Any]:
        """Returns what `untoc ask --json` prints."""
        *_, answer = self.steps(asked)
        return cast(Answer, answer).to_json()

    def steps(self, asked: Question) -> Generator[Progress | Answer]:
        """Yields each step of an answer, and the answer last."""
        turns = read_turns(asked.history)
        yield from self.workspace.assistant.stream(asked.question, overrides=asked.scope, history=turns)

    def search(self, asked: Search) -> dict[str, Any]:
        """Returns the passages in the scope of a question that match it, best first, of several parties in turns."""
        with self.gate.enter(_SEARCH):
            found = self.unguarded.retriever(asked.limit).invoke(without_surrogates(asked.words))
        return {"items": [{"text": document.page_content, **document.metadata} for document in found]}

    def statements(self, wanted: Filters) -> dict[str, Any]:
        """Returns a page of the statements that match the filters, in the format of `untoc list --json`."""
        values = wanted.model_dump(include=_METADATA, exclude_defaults=True)
        with_words = self.corpus.holding(wanted.words) if wanted.words.strip() else None
        found = [
            summary
            for summary in self.corpus.documents()
            if all(getattr(summary.metadata, name) == value for name, value in values.items())
            and (not wanted.year or wanted.year in map(str, summary.metadata.years))
            and (with_words is None or summary.document_id in with_words)
        ]
        families = self.corpus.families()
        return paged(
            found, wanted.offset, wanted.limit, lambda item: summary_json(item, families.get(item.document_id))
        )

    def show(self, statement_id: str) -> dict[str, Any]:
        """Returns what `untoc show --json` prints."""
        return shown_json(self.corpus, statement_id)

    def verify(self, draft: Draft) -> dict[str, Any]:
        """Returns what `untoc verify --json` prints, for a pasted text."""
        return self.checker.check(read_pasted(draft.text)).to_json()

    def brief(self, wish: BriefingWish) -> Briefing:
        """Makes a briefing."""
        limits = self.workspace.settings.briefing
        asked = wish.model_dump(exclude={"composer"}, exclude_none=True)
        request = read_request(self.corpus.parties(), **{"quotations": limits.quotations, **asked})
        return self.workspace.briefings.build(request, max_points=limits.talking_points, composer=wish.composer)

    def document(self, briefing: Briefing, suffix: str, form: DocumentForm) -> bytes:
        """Returns a briefing as a document, and logs the export."""
        with self.gate.logging("export", f"briefing {briefing.title}"), TemporaryDirectory(prefix="untoc-") as folder:
            path = Path(folder, f"briefing{suffix}")
            # A PDF is another program's work for seconds to minutes.
            with self.gate.slot() if suffix == ".pdf" else nullcontext():
                write_briefing(briefing, path, template=self.workspace.settings.briefing.template, form=form)
            return path.read_bytes()


def paged(items: Sequence[Item], offset: int, limit: int, shown: Callable[[Item], Any]) -> dict[str, Any]:
    """Returns a page of a list: its `items`, the `total` number, and the offset of the `next` page or None."""
    after = offset + limit
    return {
        "items": [shown(item) for item in items[offset:after]],
        "total": len(items),
        "next": after if after < len(items) else None,
    }


def briefing_json(briefing: Briefing) -> dict[str, Any]:
    """Returns what `untoc brief --json` prints."""
    return contract_of(arrange(briefing))
