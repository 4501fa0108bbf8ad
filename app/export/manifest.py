"""The manifest of a document: hashes of what it cites, by which anybody can check it without the product."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.briefing.cells import Briefing
from vectorstore.records import text_sha256


def manifest_path(path: Path) -> Path:
    """Returns the path of a document's manifest, beside it."""
    return path.with_name(f"{path.name}.manifest.json")


def manifest(briefing: Briefing, document: bytes, name: str, form: str) -> bytes:
    """Returns the manifest of a document as JSON in UTF-8; its numbers are those of the document's notes."""
    content: dict[str, Any] = {
        "document": {"file": name, "form": form, "sha256": hashlib.sha256(document).hexdigest()},
        "title": briefing.title,
        "language": briefing.language,
        "made": briefing.made,
        "corpus_date": briefing.corpus_date,
        "statements": [
            {"state": source.party} | {name: value for name, value in asdict(source).items() if name != "party"}
            for source in briefing.sources
        ],
        "citations": [
            {name: getattr(citation, name) for name in ("number", "statement_id", "state", "start", "end")}
            | {"quote_sha256": text_sha256(citation.quote), "source_quote_sha256": text_sha256(citation.source_quote)}
            for citation in briefing.citations
        ],
    }
    if briefing.writing is not None:
        content["model"] = briefing.writing.model
    return (json.dumps(content, ensure_ascii=True, indent=2) + "\n").encode("ascii")
