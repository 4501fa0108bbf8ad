"""What people do at the server, once for all doors: the API and the tools call it, and give its JSON as it is."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from app.answering.assistant import Progress
from app.briefing.as_json import contract_of
from app.briefing.cells import Briefing
from app.briefing.kept import KeptBriefings
from app.briefing.request import read_request
from app.checking.checker import Checker
from app.checking.documents import read_pasted
from app.checking.output import check_output, write_output
from app.corpus.as_json import shown_json, summary_json
from app.corpus.corpus import Corpus
from app.corpus.drafts import Cases
from app.desk.conversations import Conversations, KeptTurn
from app.desk.tables import Tables
from app.desk.works import Works
from app.errors import ExportError, NotFoundError
from app.export.arrange import DocumentForm, arrange
from app.export.write import write_briefing
from app.question.turn import clean_question, read_turns, turn_of
from app.records import Answer
from app.server.accounts import Accounts
from app.server.guarded import Gatekeeper, Rule, guarded
from app.server.models import BriefingWish, Draft, Filters, Question, Search, Turn
from app.server.person import current_person
from app.ui.uploads import free_path, safe_name, to_ingest, without_folder
from app.wiring import Workspace
from vectorstore.records import DocumentSummary

_SEARCH: Final = Rule(needs="read", costly=True)
_METADATA: Final = {"state", "body", "session", "agenda_item", "language"}
Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Actions:
    """A workspace for whoever asks; every method is held to the rules of `guarded.py`.

    Attributes:
        workspace: Its parts are guarded, such as `corpus`.
        works: What whoever asks made or is shared, of it the conversations, the briefings `kept` and the saved cases.
        unguarded: The workspace for the program's own use.
    """

    workspace: Workspace
    corpus: Corpus
    checker: Checker
    gate: Gatekeeper
    accounts: Accounts
    works: Works
    conversations: Conversations
    kept: KeptBriefings
    cases: Cases
    unguarded: Workspace

    def about(self) -> dict[str, Any]:
        """Returns which version, store and models answer."""
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
        turns = read_turns(asked.history)
        return self.workspace.assistant.ask(
            clean_question(asked.question), overrides=asked.scope, history=turns
        ).to_json()

    def steps(self, asked: Question) -> Generator[Progress | Answer]:
        """Yields each step of an answer, and the answer last."""
        turns = read_turns(asked.history)
        yield from self.workspace.assistant.stream(clean_question(asked.question), overrides=asked.scope, history=turns)

    def turn(self, identifier: str | None, turn: Turn) -> tuple[str, int, Answer]:
        """Asks in a conversation, or begins one; returns its id, the turn's number and the answer."""
        before = [] if identifier is None else self.conversations.turns(identifier)
        if identifier is not None:
            self.works.may_change(identifier)
        history = [turn_of(earlier.answer, earlier.overrides) for earlier in before]
        answer = self.workspace.assistant.ask(clean_question(turn.question), overrides=turn.scope, history=history)
        kept = KeptTurn(number=1, question=turn.question, answer=answer, overrides=turn.scope)
        return *self.conversations.append(identifier, kept), answer

    def search(self, asked: Search) -> dict[str, Any]:
        """Returns the passages in the scope of a question that match it, best first."""
        with self.gate.enter(_SEARCH):
            found = self.unguarded.retriever(asked.limit).invoke(clean_question(asked.words))
        return {"items": [{"text": document.page_content, **document.metadata} for document in found]}

    def statements(self, wanted: Filters) -> dict[str, Any]:
        """Returns a page of what `untoc list --json` prints."""
        values = wanted.model_dump(include=_METADATA, exclude_defaults=True)
        found: Sequence[DocumentSummary] = [
            summary
            for summary in self.corpus.documents()
            if all(getattr(summary.metadata, name) == value for name, value in values.items())
            and (not wanted.year or _in_year(summary.metadata.date, wanted.year))
        ]
        if wanted.words.strip():
            held = self.corpus.holding(wanted.words)
            found = [summary for summary in found if summary.document_id in held]
        families = self.corpus.families()
        return paged(
            found, wanted.offset, wanted.limit, lambda item: summary_json(item, families.get(item.document_id))
        )

    def show(self, statement_id: str) -> dict[str, Any]:
        """Returns what `untoc show --json` prints."""
        return shown_json(self.corpus, statement_id)

    def verify(self, draft: Draft) -> dict[str, Any]:
        """Returns what `untoc verify --json` prints, of a text."""
        return self.checker.check(read_pasted(draft.text)).to_json()

    def verify_file(self, name: str, data: bytes, suffix: str = ".json") -> bytes:
        """Returns the check of a document as a file: `.json`, `.md`, or of a Word file `.docx` with comments."""
        with TemporaryDirectory(prefix="untoc-") as folder:
            # A folder each: the document may be called as its check is.
            file, output = Path(folder, "document", safe_name(name)), Path(folder, f"checked{suffix}")
            file.parent.mkdir()
            file.write_bytes(data)
            if wrong := check_output(file, output):
                raise ExportError(wrong.replace(folder, ""))
            report = self.checker.check(self.checker.read(file))
            write_output(output, file, report, self.checker.party_name)
            return output.read_bytes()

    def brief(self, wish: BriefingWish) -> Briefing:
        """Makes a briefing."""
        limits = self.workspace.settings.briefing
        asked = wish.model_dump(exclude={"composer"}, exclude_none=True)
        request = read_request(self.corpus.parties(), **{"quotations": limits.quotations, **asked})
        return self.workspace.briefings.build(request, max_points=limits.talking_points, composer=wish.composer)

    def document(self, briefing: Briefing, suffix: str, form: DocumentForm) -> bytes:
        """Returns a briefing as a document, and logs that it was taken out."""
        self.gate.log("export", f"briefing {briefing.title}")
        with TemporaryDirectory(prefix="untoc-") as folder:
            path = Path(folder, f"briefing{suffix}")
            write_briefing(briefing, path, template=self.workspace.settings.briefing.template, form=form)
            return path.read_bytes()

    def ingest(self, files: Sequence[tuple[str, bytes]], *, unlisted: bool = False) -> dict[str, Any]:
        """Takes files into the store; returns what `untoc ingest --json` prints. Sent again, they change nothing."""
        with self.corpus.uploads.folder() as folder:
            report = self.corpus.ingest_uploads(to_ingest(_stored(files, folder), folder), include_unlisted=unlisted)
            return without_folder(report, folder).to_json()

    def manifest(self, files: Sequence[tuple[str, bytes]]) -> str:
        """Returns a draft of `statements.csv` for files, from what their texts say."""
        with TemporaryDirectory(prefix="untoc-") as name:
            folder = Path(name)
            _stored(files, folder)
            return self.corpus.draft_manifest(folder, overwrite=True).read_text(encoding="utf-8-sig")

    def share(self, work_id: str, name: str, *, may_change: bool) -> None:
        """Shares a work of whoever asks with a person."""
        self.works.shares(work_id)
        if not self.accounts.exists(name):
            raise NotFoundError(f"no account {name!r} to share with: check the name")
        self.gate.log("share", f"{work_id} with {name}{' to change' if may_change else ''}")
        self.works.share(work_id, name, may_change=may_change)

    def unshare(self, work_id: str, name: str) -> None:
        """Takes a share back."""
        self.works.shares(work_id)
        self.gate.log("share", f"{work_id} no longer with {name}")
        self.works.unshare(work_id, name)


def open_actions(workspace: Workspace, tables: Tables, gate: Gatekeeper) -> Actions:
    """Returns the actions over a workspace."""
    held = workspace.guarded(lambda target: guarded(target, gate))
    works = Works(tables, lambda: current_person().name)
    return Actions(
        workspace=held,
        corpus=held.corpus,
        checker=guarded(workspace.checker(), gate),
        gate=gate,
        accounts=gate.accounts,
        works=works,
        conversations=Conversations(works),
        kept=KeptBriefings(works),
        cases=Cases(works, workspace.settings.store),
        unguarded=workspace,
    )


def paged(items: Sequence[Item], offset: int, limit: int, shown: Callable[[Item], Any]) -> dict[str, Any]:
    """Returns a page of a list."""
    after = offset + limit
    return {
        "items": [shown(item) for item in items[offset:after]],
        "total": len(items),
        "next": after if after < len(items) else None,
    }


def briefing_json(briefing: Briefing) -> dict[str, Any]:
    """Returns what `untoc brief --json` prints."""
    return contract_of(arrange(briefing))


def _stored(files: Sequence[tuple[str, bytes]], folder: Path) -> list[Path]:
    stored = []
    for name, data in files:
        path = free_path(folder, name)
        path.write_bytes(data)
        stored.append(path)
    return stored


def _in_year(date: str | None, year: str) -> bool:
    ends = [part[:4] for part in (date or "").split("/") if part]
    return bool(ends) and min(ends) <= year <= max(ends)
