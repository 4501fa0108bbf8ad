"""The composition root: settings in, a workspace out; the only place that picks implementations."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from app.answering.assistant import Assistant
from app.answering.steps import Steps
from app.chat_model import LlmConfig, open_chat_model, try_model
from app.checking.comparing.corpus_texts import CorpusTextsCache
from app.question.reading import read_question
from app.records import WordsFound
from app.retrieval.evidence_retriever import EvidenceRetriever
from app.retrieval.model_languages import ModelLanguages
from app.retrieval.ranking.sentence_ranker import SentenceRanker
from app.retrieval.relevance import load_relevance, model_identities
from app.retrieval.retrieved import Retrieved
from app.settings import Settings
from app.telemetry import build_export
from ingest.parties.party_table import PartyTable, load_parties
from vectorstore.embeddings import Embedder, SentenceTransformerEmbedder, question_embedder
from vectorstore.hybrid_search import HybridSearch
from vectorstore.offline import forbid_reports
from vectorstore.rerank import EntailmentModel, build_reranker
from vectorstore.sentence_encoder import ENCODER_LANGUAGES, sentence_encoder
from vectorstore.store import SecondModel, Store

if TYPE_CHECKING:
    from app.answering.chain import UntocChain
    from app.answering.compose.llm_composer import ModelWriter
    from app.briefing.reviews import ReviewBook
    from app.briefing.table_builder import TableBuilder
    from app.checking.checker import Checker
    from app.corpus.corpus import Corpus
    from app.corpus.doctor import DoctorReport
    from app.retrieval.retriever import UntocRetriever
    from vectorstore.jobs import JobQueue

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """An open store with everything that works on it; a context manager that closes it."""

    assistant: Assistant
    settings: Settings
    store: Store
    embedder: Embedder
    passage_embedder: Embedder
    steps: Steps
    ranker: SentenceRanker
    texts: CorpusTextsCache
    models: Mapping[str, str]

    def parties(self) -> PartyTable:
        """Returns all parties: the built-in ones and those that ingested folders added."""
        return load_parties(self.store)

    # Imported at first use: a question needs none of these, and each takes a while to import.

    @cached_property
    def corpus(self) -> "Corpus":
        """The corpus, which lists, corrects and ingests statements."""
        from app.corpus.corpus import Corpus
        from ingest.indexer import Indexer

        settings = self.settings
        languages = sorted({*settings.embedding.languages.split(","), *ENCODER_LANGUAGES})
        indexer = Indexer(self.store, self.passage_embedder, settings.split, settings.load, languages=languages)
        return Corpus(indexer, self.embedder, partial(open_queue, self.store))

    @cached_property
    def reviews(self) -> "ReviewBook":
        """The reviews: what people decided on cells of briefings."""
        from app.briefing.reviews import ReviewBook

        return ReviewBook(self.store.catalogue)

    @cached_property
    def briefings(self) -> "TableBuilder":
        """The builder of position tables."""
        from app.briefing.table_builder import TableBuilder

        steps, reviews = self.steps, self.reviews.of
        return TableBuilder(steps.retriever, self.store.catalogue, self.parties, reviews, steps.writer)

    def guarded(self, guard: Callable[[Any], Any]) -> "Workspace":
        """Returns the same workspace with everything that answers or acts on the store wrapped by `guard`."""
        workspace = replace(self, assistant=guard(self.assistant))
        # Fills the cached properties, which `replace` does not carry over.
        vars(workspace).update(corpus=guard(self.corpus), briefings=guard(self.briefings), reviews=guard(self.reviews))
        return workspace

    @property
    def chain(self) -> "UntocChain":
        """The chain as a LangChain `Runnable`: a question in, an `Answer` out."""
        # LangChain takes half a second to import, which a command that asks one question is spared.
        from app.answering.chain import UntocChain

        return UntocChain(self.steps)

    def checker(self) -> "Checker":
        """Returns the checker of quotations in documents."""
        # The loaders of documents take a while to import, which a command that asks one question is spared.
        from app.checking.checker import Checker

        return Checker(self.texts, self.parties, self.settings.load)

    def retriever(self, k: int = 10) -> "UntocRetriever":
        """Returns a LangChain retriever of passages within a question's scope, `k` at most."""
        from app.retrieval.retriever import UntocRetriever

        return UntocRetriever(evidence_retriever=self.steps.retriever, parties=self.parties, k=k)

    def retrieve(self, question: str, history: Sequence[str] = ()) -> Retrieved:
        """Returns the statements in a question's scope and the evidence found in them; no answer is composed."""
        parties = self.parties()
        retriever = self.steps.retriever
        read = read_question(question, parties, history=history, persons=partial(retriever.persons, parties))
        return retriever.retrieve_as_answered(read, parties)

    def doctor(self, *, rebuild: bool = False, reembed: bool = False) -> "DoctorReport":
        """Checks the store, and tries the chat model where the settings name one."""
        report = self.corpus.doctor(rebuild=rebuild, reembed=reembed)
        if not self.settings.llm.model:
            return report
        return replace(report, checks=(*report.checks, try_model(self.settings.llm)))

    def close(self) -> None:
        """Closes the store."""
        self.store.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_workspace(
    settings: Settings, *, read_only: bool = False, create: bool = True, check_model: bool = True
) -> Workspace:
    """Opens the store and wires the assistant and the corpus to it; models are loaded at first use.

    Without `check_model` a store that another embedding model built is opened as well, to embed it again. Raises a
    StoreError if the store cannot be opened, or if there is none and `create` is not set.
    """
    forbid_reports()
    if not (settings.embedding.allow_download or settings.rerank.allow_download):
        # The model libraries read this when they are first imported, which is later.
        os.environ["HF_HUB_OFFLINE"] = "1"
    embedder = question_embedder(settings.embedding)
    embedded = frozenset(settings.embedding.languages.split(","))
    store = Store(
        settings.store,
        embedder,
        read_only=read_only,
        create=create,
        check_model=check_model,
        wait_seconds=settings.wait_seconds,
        second=SecondModel(embed=sentence_encoder().embed, languages=ENCODER_LANGUAGES - embedded),
        database=settings.database,
        chroma=settings.chroma,
        files=settings.files,
    )
    if missing := len(store.without_second()):
        logger.warning(
            "%d passages in other languages than the embedding model's have no second vector, and are found by words"
            " alone: `untoc doctor --rebuild` makes them",
            missing,
        )
    ranked = embedded.intersection(settings.rerank.languages.split(","))
    reranker = build_reranker(settings.rerank)
    models = model_identities(embedder, reranker)
    retriever = HybridSearch(store, embedder, settings.retrieval)
    relevance = load_relevance(settings.store, models)
    languages = ModelLanguages(embedded=embedded, ranked=ranked)
    ranker = SentenceRanker(store, retriever, embedder, reranker, languages, relevance)
    return wire(settings, store, ranker, embedder, SentenceTransformerEmbedder(settings.embedding), models)


def wire(
    settings: Settings,
    store: Store,
    ranker: SentenceRanker,
    embedder: Embedder,
    passage_embedder: Embedder,
    models: Mapping[str, str],
) -> Workspace:
    """Wires the assistant and the corpus to an open store and to models."""
    parties, texts = partial(load_parties, store), CorpusTextsCache(store.catalogue)

    def find(words: str) -> tuple[WordsFound, ...]:
        from app.checking.quote_verifier import find_words

        return find_words(words, texts.get(), parties())

    steps = Steps(
        retriever=EvidenceRetriever(store, ranker),
        parties=parties,
        max_citations=settings.answer.max_citations,
        find_words=find,
        writer=build_writer(settings.llm),
    )
    assistant = Assistant(
        steps,
        store.catalogue,
        keep_traces=0 if store.read_only else settings.answer.keep_traces,
        keep_days=settings.answer.keep_traces_days,
        export=build_export(settings.telemetry),
    )
    return Workspace(
        assistant=assistant,
        settings=settings,
        store=store,
        embedder=embedder,
        passage_embedder=passage_embedder,
        steps=steps,
        ranker=ranker,
        texts=texts,
        models=models,
    )


def open_queue(store: Store) -> "JobQueue | None":
    """Returns the job queue of the workers; None if the catalogue is a SQLite file or procrastinate is missing."""
    if store.catalogue.database.path is not None or find_spec("procrastinate") is None:
        return None
    from vectorstore.jobs import JobQueue

    return JobQueue(store.catalogue.database)


def build_writer(config: LlmConfig) -> "ModelWriter | None":
    """Returns the writer of claims, None if the settings name no chat model; sets the model up at first use."""
    if not config.model:
        return None
    from app.answering.compose.llm_composer import ModelWriter

    entailment = EntailmentModel(config.entailment_model) if config.entailment_model else None
    return ModelWriter(lambda: open_chat_model(config), config, entailment)
