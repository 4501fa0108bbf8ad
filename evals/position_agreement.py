"""Agreement of the cells of position tables with hand-labelled ones: in kind of position, evidence and silence.

A cell is one State, topic and session, such as Arvandia on disarmament at the 73rd session, labelled `conditional`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from app.answering.citations import cite_place
from app.briefing.cell_suggestion import suggest, suggestion_of_cell
from app.briefing.cells import Subject
from app.briefing.request import BriefingRequest
from app.briefing.table_builder import TableBuilder
from app.records import Citation
from app.retrieval.positions.position_marks import KINDS, PositionKind
from app.retrieval.topic.subject import names_harm
from app.settings import Settings
from evals.cases.case import CaseReview, Evidence, require_own_ids
from evals.cases.documents import Document, Documents, read_documents
from evals.errors import DatasetError
from evals.eval_environment import open_environment
from evals.files import EVALS, FileRecord, read_yaml, tracked
from evals.metrics.citations import overlaps
from evals.report.tables import Table
from ingest.parties.party_table import PartyTable
from ingest.text.layout import find_blocks
from ingest.text.readable import readable
from ingest.text.repair import repair
from vectorstore.records import Document as StoredDocument
from vectorstore.records import Metadata, Statement, text_sha256

SHIPPED: Final = EVALS / "datasets" / "positions.yaml"
_OPPOSITION: Final[tuple[PositionKind, ...]] = ("opposes", "conditional")
_Text = Annotated[str, Field(min_length=1)]


class LabelledCell(FileRecord):
    """What one State said on one topic in one session, with the kind of position that a reader found."""

    id: _Text
    party: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    session: _Text
    year: Annotated[str, Field(pattern=r"^\d{4}$")]
    topic: _Text
    kind: PositionKind
    accept: tuple[PositionKind, ...] = ()
    """Kinds that the evidence shows as well, so that a careful reader would not call them wrong."""
    split: Literal["dev", "held_out", "seen", "sealed"]
    """Rules have been fitted to all but `sealed`, to `seen` after it was measured once; see the head of the file."""
    evidence: tuple[Evidence, ...] = ()
    """Strongest first; empty where the statement says nothing on the topic."""
    review: CaseReview = CaseReview()
    """Who has looked at the label; a file's own `review` holds for all of its cells."""

    @model_validator(mode="after")
    def _sound(self) -> "LabelledCell":
        if not self.evidence and self.kind != "no_position":
            raise ValueError(f"{self.id!r} has no evidence: its kind can only be no_position")
        if self.kind in self.accept:
            raise ValueError(f"{self.id!r} accepts the kind that it expects")
        return self

    @property
    def subject(self) -> Subject:
        """Its topic as a briefing asks for it."""
        return Subject(label=self.topic, topic=self.topic, harm=names_harm(self.topic))


class _CellFile(FileRecord):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    corpus: _Text
    review: CaseReview = CaseReview()
    cells: tuple[LabelledCell, ...]


@dataclass(frozen=True, kw_only=True)
class FilledCell:
    """A labelled cell with the kind and the citations that the product puts into it."""

    cell: LabelledCell
    kind: PositionKind
    citations: tuple[Citation, ...] = ()


def load_cells(path: Path = SHIPPED) -> tuple[LabelledCell, ...]:
    """Loads labelled cells."""
    file = read_yaml(path, _CellFile, "the cells", DatasetError)
    require_own_ids((cell.id for cell in file.cells), f"cells of {str(path)!r}")
    return tuple(cell.model_copy(update={"review": file.review}) for cell in file.cells)


def cells_by_split(splits: Sequence[str] | None = None) -> dict[str, list[LabelledCell]]:
    """Returns the cells that ship, by split; all splits where none is named."""
    found: dict[str, list[LabelledCell]] = {}
    for cell in load_cells():
        found.setdefault(cell.split, []).append(cell)
    if unknown := set(splits or ()) - found.keys():
        raise DatasetError(f"no split {min(unknown)!r} in the labelled cells: give some of {', '.join(found)}")
    return {name: found[name] for name in splits or found}


def position_tables(corpus: Path, settings: Settings, splits: Sequence[str] | None, whole: bool) -> Iterator[Table]:
    """Yields the table of each split: of kinds suggested for labelled evidence; with `whole`, of cells of briefings."""
    cells, documents = cells_by_split(splits), read_documents([corpus], limits=settings.load)
    if not whole:
        yield from (rates_table(name, fill_from_labels(of_split, documents)) for name, of_split in cells.items())
        return
    with open_environment(settings, [corpus], documents) as workspace:
        for name, of_split in cells.items():
            yield rates_table(name, [_built(cell, workspace.briefings) for cell in tracked(of_split, name)])


def position_rates(filled: Sequence[FilledCell]) -> dict[str, tuple[int, int]]:
    """Returns rates of cells against their labels as (hits, cells), over cells with evidence except for `silence`.

    `silence`: a cell without evidence cites nothing and has `no_position`. `evidence`: a citation overlaps a labelled
    span. `missed_opposition`: the label is `opposes` or `conditional`, and the kind is not accepted, the worse error.
    """
    labelled = [(one, one.kind in (one.cell.kind, *one.cell.accept)) for one in filled if one.cell.evidence]
    silent = [one for one in filled if not one.cell.evidence]
    hits = {
        "kind": [one.kind == one.cell.kind for one, _ in labelled],
        "accepted": [accepted for _, accepted in labelled],
        "silence": [one.kind == "no_position" and not one.citations for one in silent],
        "evidence": [any(overlaps(citation, *one.cell.evidence) for citation in one.citations) for one, _ in labelled],
        "missed_opposition": [not accepted for one, accepted in labelled if one.cell.kind in _OPPOSITION],
    }
    return {name: (sum(flags), len(flags)) for name, flags in hits.items()}


def rates_table(split: str, filled: Sequence[FilledCell]) -> Table:
    """Returns the confusion matrix of labelled and suggested kinds, with the rates in the title."""
    counts, kinds, rates = Counter((one.cell.kind, one.kind) for one in filled), KINDS[:-1], position_rates(filled)
    texts = (f"{name} {hits}/{of}" + (f" = {hits / of:.2f}" if of else "") for name, (hits, of) in rates.items())
    rows = [(label, *(str(counts[label, kind]) for kind in kinds)) for label in kinds]
    return Table(title=f"{split}: {'; '.join(texts)}", columns=("label \\ suggested", *kinds), rows=rows)


def fill_from_labels(cells: Iterable[LabelledCell], documents: Documents) -> tuple[FilledCell, ...]:
    """Fills cells with their own evidence, so that only the kind is measured."""
    filled, parties = [], PartyTable.load()
    for cell, citations, statements in cite_labels(cells, documents):
        read = [(each, suggest(each, statements[each.statement_id], cell.subject, parties)) for each in citations]
        filled.append(FilledCell(cell=cell, kind=suggestion_of_cell(read).kind, citations=citations))
    return tuple(filled)


def cite_labels(
    cells: Iterable[LabelledCell], documents: Documents
) -> Iterator[tuple[LabelledCell, tuple[Citation, ...], Mapping[str, Statement]]]:
    """Yields cells with citations of their evidence, and the statements cited, by id."""
    statements: dict[str, Statement] = {}
    for cell in cells:
        citations = []
        for number, span in enumerate(cell.evidence, start=1):
            if span.file not in documents.by_file:
                raise DatasetError(f"{cell.id!r} is about {span.file!r}, which the corpus does not hold")
            if span.file not in statements:
                statements[span.file] = _statement(documents.by_file[span.file], cell)
            statement = statements[span.file]
            place, text = cite_place(statement, span.start, span.end, page=None, paragraph=None), statement.source_text
            words, quote = text[span.start : span.end], readable(text, statement.edits, span.start, span.end)
            if span.sha256 != text_sha256(words):
                raise DatasetError(f"{cell.id!r}: {span.file!r} has other words at {span.start} than were labelled")
            citations.append(replace(place, number=number, quote=quote, source_quote=words))
        yield cell, tuple(citations), statements


def _built(cell: LabelledCell, builder: TableBuilder) -> FilledCell:
    """Fills a cell as a briefing does, from all that the party said in the year of its label."""
    request = BriefingRequest(parties=(cell.party,), subjects=(cell.subject,), years=(cell.year,))
    # The kind is suggested from quotations alone, so that no chat model is needed.
    briefing = builder.build(request, composer="extractive")
    (built,) = briefing.cells
    cited = map(briefing.citation, built.evidence)
    return FilledCell(cell=cell, kind=built.kind, citations=tuple(c for c in cited if cell.party in c.holders))


def _statement(document: Document, cell: LabelledCell) -> Statement:
    text, language = document.text, document.language or "en"
    blocks = find_blocks(text)
    metadata = Metadata(state=cell.party, session=cell.session, date=cell.year, language=language)
    return StoredDocument(
        document_id=document.file, file=document.file, sha256="", source_text=text, metadata=metadata, blocks=blocks,
        edits=repair(text, blocks, language=language),
    ).as_statement()  # fmt: skip
