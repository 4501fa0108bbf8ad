"""The doctor: checks that the store's parts agree with each other, with the texts, and with the source files.

A sentence whose text is not at its offsets, or a source file that has changed since, is a finding with its next step.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from app.answering.verify_citations import reads_as
from ingest.report import quoted
from ingest.text.page_furniture import running_heads
from vectorstore.catalogue import Catalogue
from vectorstore.health import Check
from vectorstore.records import DocumentSummary
from vectorstore.shared_files import SharedFiles, file_sha256
from vectorstore.store import Store

# Sample size: files whose sentences are compared with their texts.
_SAMPLE: Final = 25


@dataclass(frozen=True, kw_only=True)
class DoctorReport:
    """The findings of a health check."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether the store is sound."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Returns the contract of `untoc doctor --json`."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def examine(store: Store) -> tuple[Check, ...]:
    """Checks a store without changing it; a damaged catalogue ends the checks."""
    found = store.check()
    if not found[0].ok:
        return found
    summaries = store.catalogue.documents()
    return (*found, check_words(store.catalogue, summaries), check_sources(summaries, store.files))


def check_words(catalogue: Catalogue, summaries: Sequence[DocumentSummary]) -> Check:
    """Checks on an evenly spread sample that sentences have the words of their source text at their offsets."""
    size = min(len(summaries), _SAMPLE)
    sample = [summaries[number * len(summaries) // size] for number in range(size)]
    wrong: list[str] = []
    for summary in sample:
        if (document := catalogue.document(summary.document_id)) is None:
            continue
        source = document.source_text
        heads = running_heads(source)
        statements = catalogue.summaries_of(summary.document_id)
        sentences = [sentence for item in statements for sentence in catalogue.sentences(item.statement_id)]
        if not all(reads_as(s.text, source[s.start : s.end], heads=heads) for s in sentences):
            wrong.append(summary.file)
    problem = f"sentences of {quoted(wrong)} are not the words of their text: `untoc remove` and ingest these again"
    return Check.of("words", problem if wrong else None, f"compared in {len(sample)} of {len(summaries)} files")


def check_sources(summaries: Sequence[DocumentSummary], files: SharedFiles | None) -> Check:
    """Checks that the source files of statements still have the hashes that they were read with.

    Files of a folder that is gone as a whole (an unplugged disk), and shared `files` of which this machine has no copy
    or an older one, cannot be compared, which counts as no damage; files inside an archive are not compared, since it
    would have to be unpacked.
    """
    counts = Counter[str]()
    by_folder: dict[str, dict[str, list[str]]] = {"changed": {}, "missing": {}}
    for summary in summaries:
        folder = Path(summary.folder)
        state = _state_of(folder / summary.file, summary.sha256) if folder.is_dir() else "unseen"
        if state in by_folder and files is not None and files.is_own(folder):
            state = "unseen"
        counts[state] += 1
        by_folder.get(state, {}).setdefault(summary.folder, []).append(summary.file)
    changed, missing = by_folder["changed"].items(), by_folder["missing"].items()
    parts = [f"{quoted(names)} changed since: run `untoc ingest {folder}`" for folder, names in changed]
    parts += [f"{quoted(names)} gone: run `untoc ingest --sync {folder}`" for folder, names in missing]
    not_compared = f"; {counts['unseen']} that are not on this machine were not compared" if counts["unseen"] else ""
    not_compared += f"; {counts['inside']} inside archives and messages were not compared" if counts["inside"] else ""
    return Check.of("files", "; ".join(parts), f"{counts['same']} are as they were read{not_compared}")


def _state_of(path: Path, sha256: str) -> str:
    try:
        return "same" if file_sha256(path) == sha256 else "changed"
    except NotADirectoryError:
        # A file inside a container such as an archive, which exists; what it contains by now is not checked.
        return "inside"
    except OSError:
        return "missing"
