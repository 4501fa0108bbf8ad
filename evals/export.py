"""A run in the formats of other tools: tables, TREC tools, ragas and Inspect."""

import json
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from app.records import Answer
from evals.errors import AnswerError, RunError
from evals.failure_taxonomy import MEANING
from evals.golden.cases import Case, Evidence
from evals.golden.documents import Documents
from evals.metrics.judged import read_answer
from evals.metrics.table import METRICS
from evals.runs import AnswerRecord, Run, ScoreRecord, write_whole
from evals.summary import QUANTITIES

Format = Literal["csv", "trec", "ragas", "inspect"]
_TREC: Final = ("run.trec", "qrels.trec")
# How Inspect writes a right and a wrong outcome.
_CORRECT, _INCORRECT = "C", "I"


def export(run: Run, documents: Documents, format: Format, output: Path) -> tuple[Path, ...]:
    """Writes a run for another tool; returns the files written.

    Args:
        run: The run.
        documents: What it was asked over.
        format: `csv`, one line per case; `trec`, retrieval as run and judgements; `ragas`, see `ragas_samples`;
            `inspect`, see `inspect_samples`.
        output: The file to write; for `trec` the folder.

    Raises:
        RunError: The run is not scored, or nothing can be written there.
    """
    try:
        if format == "trec":
            return _copy_trec(run, output)
        if format == "csv":
            from evals.report.table import csv_of

            text = csv_of(run)
        else:
            samples = ragas_samples(run, documents) if format == "ragas" else inspect_samples(run, documents)
            # ASCII only: other readers break lines at more characters than JSON escapes.
            text = "".join(json.dumps(sample) + "\n" for sample in samples)
        output.parent.mkdir(parents=True, exist_ok=True)
        write_whole(output, text)
    except OSError as exc:
        raise RunError(f"cannot write {str(output)!r} ({exc.strerror}): name another place with --output") from exc
    return (output,)


def ragas_samples(run: Run, documents: Documents) -> Iterator[dict[str, Any]]:
    """Yields one sample per answer, abstentions included, for `ragas.EvaluationDataset.from_jsonl`.

    The fields are those of `SingleTurnSample`:

        user_input           the question, after the earlier questions of the conversation
        retrieved_contexts   the passages retrieved, best first, as the files have them
        response             the answer as shown
        reference            the gold quotations, one of each group; absent where nothing is to be found
        reference_contexts   all gold quotations; absent likewise

    Metrics that need a reference take the samples that have one. Answers that failed are left out, and so are passages
    of which the run does not know the file.

    Source: https://docs.ragas.io/en/stable/concepts/components/eval_dataset/
    """
    files = run.statement_files()
    for case, _, answer in _answers(run):
        if answer is None:
            continue
        sample: dict[str, Any] = {
            "user_input": "\n".join((*case.history, case.question)),
            "retrieved_contexts": list(_retrieved(answer, files, documents)),
            "response": answer.answer,
        }
        gold = [[_words(span, documents) for span in group] for group in case.groups]
        if gold:
            sample["reference"] = "\n".join(group[0] for group in gold)
            sample["reference_contexts"] = list(dict.fromkeys(words for group in gold for words in group))
        yield sample


def inspect_samples(run: Run, documents: Documents) -> Iterator[dict[str, Any]]:
    """Yields one sample per answer, failures included, as both a dataset and a log of Inspect have it.

    For `inspect_ai.dataset.json_dataset` a line has the fields `input`, `target`, `id` and `metadata` of `Sample`; for
    `inspect_ai.log.EvalSample` also `epoch` (from 1: the repeat), `output` (`ModelOutput`), `scores` (`Score` by name),
    `error` and `total_time` in seconds.

        input     the question, or, after earlier ones, the user's messages
        target    the gold quotations, or the right status where nothing is to be found
        scores    `right`: C or I, with the first broken stage; `metrics`: what applies to the case, by name

    Source: https://inspect.aisi.org.uk/datasets.html, https://inspect.aisi.org.uk/reference/inspect_ai.log.html

    Raises:
        RunError: The run is not scored.
    """
    scores = {(score.case, score.repeat): score for score in run.scores()}
    for case, record, answer in _answers(run):
        score = scores.get((case.id, record.repeat))
        sample: dict[str, Any] = {
            "id": case.id,
            "epoch": record.repeat + 1,
            "input": _messages(case) if case.history else case.question,
            "target": [_words(span, documents) for group in case.groups for span in group] or case.expect.status,
            "metadata": _metadata(case, record, answer, run),
            "output": _output(record, answer),
            "scores": _scores(score) if score is not None else {},
            "total_time": record.seconds,
        }
        if record.error is not None:
            sample["error"] = {"message": record.error.message, "traceback": "", "traceback_ansi": ""}
        yield sample


def _copy_trec(run: Run, folder: Path) -> tuple[Path, ...]:
    missing = [name for name in _TREC if not (run.path / name).is_file()]
    if missing:
        raise RunError(f"the run {run.name!r} has no {missing[0]}: `untoc-eval score {run.name}` writes it")
    folder.mkdir(parents=True, exist_ok=True)
    written = tuple(folder / name for name in _TREC)
    for path in written:
        if not path.exists() or not path.samefile(run.path / path.name):
            shutil.copyfile(run.path / path.name, path)
    return written


def _answers(run: Run) -> Iterator[tuple[Case, AnswerRecord, Answer | None]]:
    cases = {case.id: case for case in run.cases()}
    for record in run.answers():
        if record.case not in cases:
            continue
        try:
            answer = read_answer(record.answer) if record.answer is not None else None
        except AnswerError:
            answer = None
        yield cases[record.case], record, answer


def _retrieved(answer: Answer, files: Mapping[str, str], documents: Documents) -> Iterator[str]:
    cited = {citation.statement_id: citation.file for citation in (*answer.citations, *answer.related)}
    for passage in sorted(answer.retrieved, key=lambda item: item.rank):
        document = documents.by_file.get((cited | dict(files)).get(passage.statement_id, ""))
        if document is not None:
            yield document.text[passage.start : passage.end]


def _words(span: Evidence, documents: Documents) -> str:
    """Returns a gold span's words as its file has them, or as the case gives them where the file is gone."""
    document = documents.by_file.get(span.file)
    return document.text[span.start : span.end] if document is not None and span.located else span.quote or ""


def _messages(case: Case) -> list[dict[str, str]]:
    return [{"role": "user", "content": question} for question in (*case.history, case.question)]


def _metadata(case: Case, record: AnswerRecord, answer: Answer | None, run: Run) -> dict[str, Any]:
    return {
        "run": run.name,
        "dataset": run.manifest.dataset,
        "repeat": record.repeat,
        "type": case.type,
        "lang": case.lang,
        "answerable": case.answerable,
        "expected": case.expect.model_dump(mode="json"),
        "evidence": [span.model_dump(mode="json", include={"id", "file", "start", "end"}) for span in case.evidence],
        "evidence_groups": [list(group) for group in case.evidence_groups],
        "reviewed": case.review.status == "reviewed",
        "status": answer.status if answer is not None else None,
        "citations": _citations(answer) if answer is not None else [],
    }


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"number": c.number, "state": c.state, "file": c.file, "start": c.start, "end": c.end, "quote": c.quote}
        for c in answer.citations
    ]


def _output(record: AnswerRecord, answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"model": "", "choices": [], "completion": ""}
    message = {"role": "assistant", "content": answer.answer}
    return {
        "model": answer.model or answer.composer,
        "choices": [{"message": message, "stop_reason": "stop"}],
        "completion": answer.answer,
        "time": record.seconds,
    }


def _scores(score: ScoreRecord) -> dict[str, Any]:
    return {
        "right": {
            "value": _CORRECT if score.stage is None else _INCORRECT,
            "answer": score.status,
            "explanation": f"{score.stage}: {MEANING[score.stage]}" if score.stage is not None else None,
        },
        "metrics": {"value": dict(_figures(score.components, METRICS))},
    }


def _figures(components: Mapping[str, Sequence[float]], names: Iterable[str]) -> Iterator[tuple[str, float]]:
    for name in names:
        quantity = QUANTITIES[name]
        if quantity.key in components and not METRICS[name].baseline:
            value = float(quantity.combine(np.asarray(components[quantity.key], dtype=np.float64)))
            if math.isfinite(value):
                yield name, value
