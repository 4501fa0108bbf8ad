"""Fits a readout of the packaged cross-encoder's logit from its ninth layer, so that the layers above need not be run.

It is a ridge regression over the hidden state of [CLS]. The whole model gives the targets, for sentences of the
fictional conference, put into English word by word, with concepts of the glossary and questions. `make train-readout`
takes some two minutes. Features of relevance change: raise `FEATURE_VERSION`, and run `untoc-eval calibrate` again.
"""

import random
from typing import Final

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import Ridge

from evals.case_sets import CONFERENCE, SAMPLE, fitted_cases
from evals.cases.documents import read_documents
from ingest.glossary.concept_relations import concepts_in, relation_rows
from ingest.glossary.glossary import gloss
from ingest.language.detection import detect_language
from ingest.language.sentences import split_sentences
from vectorstore.arrays import Matrix
from vectorstore.bert import padded
from vectorstore.packaged_files import RERANKER
from vectorstore.rerank import READOUT, STATES, load_packaged

# Concepts, and as many questions, drawn for each sentence beside those that it names or answers.
_DRAWN: Final = 6
_TOKENS: Final = 256
_PENALTY: Final = 1.0
_HELD_OUT_EVERY: Final = 10  # one pair in so many is held out to measure the fit


def pairs() -> list[tuple[str, str]]:
    """Returns (concept or question, sentence) pairs: sentences that name or answer it, and drawn ones."""
    drawn = random.Random(7)
    documents = read_documents([CONFERENCE, SAMPLE])
    concepts = sorted({row.concept for row in relation_rows()})
    asked = [case for case in fitted_cases() if case.lang == "en"]
    found = list[tuple[str, str]]()
    for document in documents.by_file.values():
        language = detect_language(document.text) or "en"
        for start, end in split_sentences(document.text):
            text = _in_english(document.text[start:end], language)
            queries = [*concepts_in(text, "en"), *drawn.sample(concepts, _DRAWN)]
            queries += [case.question for case in drawn.sample(asked, _DRAWN)]
            found += [(query, text) for query in queries]
    for case in asked:
        for span in case.evidence:
            text = documents.by_file[span.file].text
            found.append((case.question, _in_english(text[span.start : span.end], detect_language(text) or "en")))
    return found


def _in_english(text: str, language: str) -> str:
    text = " ".join(text.split())
    return text if language == "en" else gloss(text, language)


def read(pairs: list[tuple[str, str]]) -> tuple[Matrix, Matrix]:
    """Returns the hidden states of pairs, (n, dim) float32, and the logits of the whole model, (n,) float32."""
    tokenizer, session = load_packaged(_TOKENS, STATES, "logits")
    states, logits = list[Matrix](), list[Matrix]()
    # One by one, as in the program: int8 quantization scales activations by the extremes of the whole batch.
    for pair in tokenizer.encode_batch(pairs):
        hidden, logit = session.run(None, padded([pair]))
        states.append(hidden[:, 0].copy())
        logits.append(logit.reshape(1))
    return np.concatenate(states), np.concatenate(logits)


def main() -> None:
    """Fits the readout, prints its R² on held-out pairs and stores the weights of a fit to all."""
    states, logits = read(pairs())
    held_out = np.arange(len(logits)) % _HELD_OUT_EVERY == 0
    r2 = Ridge(alpha=_PENALTY).fit(states[~held_out], logits[~held_out]).score(states[held_out], logits[held_out])
    print(f"{len(logits)} pairs, R² of pairs apart {r2:.3f}")
    model = Ridge(alpha=_PENALTY).fit(states, logits)
    weights = {"weight": model.coef_.astype(np.float32), "bias": np.float32(model.intercept_).reshape(1)}
    save_file(weights, READOUT, {"model": RERANKER.hashes["model.onnx"]})


if __name__ == "__main__":
    main()
