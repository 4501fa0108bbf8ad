"""Claims of cells: a chat model words the evidence of a cell, and its claims are checked like those of answers.

After repeated failures the model is no longer asked, and cells keep their quotations alone.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final, get_args

from app.answering.claims.form import quoted_parts
from app.answering.compose.composition import ModelDraft, Used, WriterProblem
from app.answering.compose.llm_composer import FAILURES_MAX, ModelWriter, Task
from app.answering.compose.llm_stream import add_usage
from app.answering.compose.prompt_evidence import PER_PARTY
from app.answering.localization import Localization
from app.answering.verify_citations import verify_claims
from app.briefing.cells import Cell, Writing
from app.records import Citation, DroppedClaim, Sources
from prompts.wording import load_briefing_words
from vectorstore.records import Sentence

# Most claims in a cell, which is read beside its neighbours.
MOST_CLAIMS: Final = 3
_COPIED: Final = "it is no more than its quotation, which stands in the cell"


class CellClaimWriter:
    """Has a model word the cells of one briefing, one after the other."""

    def __init__(self, writer: ModelWriter, local: Localization) -> None:
        self._writer, self._local = writer, local
        self._failures = 0
        self._usage: Used = {}
        self._versions: dict[str, None] = {}
        self._left_out = 0

    def write(
        self, heading: str, chosen: Mapping[str, Sequence[Sentence]], sources: Sources, on_progress: Callable[[], None]
    ) -> ModelDraft:
        """Returns the model's verified claims on the evidence of a cell, which is given by party, strongest first.

        A claim that only copies its quotation is dropped. The `problem` is None only where there is a claim.
        `on_progress` is called repeatedly while the model writes; an exception from it ends the request.
        """
        if self._failures >= FAILURES_MAX:
            return ModelDraft(problem="not_asked")
        best = [own[:PER_PARTY] for own in chosen.values()]
        task = Task(question=heading, chosen=best, asked=[*chosen], sources=sources, limit=MOST_CLAIMS, style="points")
        draft = ModelDraft()
        with closing(self._writer.write(task, self._local)) as drafts:
            for growing in drafts:
                draft = growing
                on_progress()
        self._versions[draft.prompt_version] = None
        self._left_out += draft.left_out
        self._usage = add_usage(self._usage, draft.usage)
        # Without a request there is no failure: the evidence had no room. A slow model used all the time that it had.
        in_vain = draft.problem == "failed" and not draft.claims and bool(draft.usage.get("requests"))
        self._failures = self._failures + 1 if in_vain or draft.problem == "slow" else 0
        return _verified(draft, sources)

    def translate(self, citations: Sequence[Citation], language: str) -> dict[int, str]:
        """Returns translations of quotations in other languages, by number, if they pass checks; for reading only."""
        if self._failures >= FAILURES_MAX:
            return {}
        texts, usage = self._writer.translate(citations, language, self._local.parties)
        self._usage = add_usage(self._usage, usage)
        return texts

    def report(self, cells: Sequence[Cell]) -> Writing | None:
        """Returns how the model took part in the finished cells; None where it was never asked."""
        if not self._versions:
            return None
        words = load_briefing_words(self._local.language)
        model = self._writer.name
        claims, dropped = (sum(map(len, each)) for each in ([c.claims for c in cells], [c.dropped for c in cells]))
        notes = [words.say("worded_by", model=model, claims=claims, dropped=dropped)]
        why = Counter(cell.unworded for cell in cells if cell.unworded is not None)
        if why:
            reasons = [
                words.say(f"quoted_{reason}", count=why[reason]) for reason in get_args(WriterProblem) if why[reason]
            ]
            notes.append(words.say("quoted_only", count=why.total(), reasons=words.semicolon.join(reasons)))
        if self._left_out:
            notes.append(words.say("worded_left_out", count=self._left_out))
        return Writing(model=model, prompt_versions=tuple(self._versions), usage=dict(self._usage), notes=tuple(notes))


def _verified(draft: ModelDraft, sources: Sources) -> ModelDraft:
    checked = verify_claims(draft.claims, draft.citations, sources.statements)
    # A claim that copies its evidence is returned as a quotation, which the cell has already.
    copied = [claim for claim in checked.claims if quoted_parts(claim.text)]
    claims = tuple(claim for claim in checked.claims if claim not in copied)
    dropped = [DroppedClaim(text=claim.text, state=claim.state, reason=_COPIED) for claim in copied]
    used = {number for claim in claims for number in claim.citations}
    return replace(
        draft,
        claims=claims,
        citations=tuple(citation for citation in checked.citations if citation.number in used),
        dropped=(*draft.dropped, *checked.dropped, *dropped),
        problem=None if claims else draft.problem or "nothing",
    )
