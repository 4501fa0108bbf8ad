"""Warms up the process that workers are forked from, so that slow imports and tables are loaded only once.

It starts no thread, since a forked process would not have it.
"""

import chromadb  # noqa: F401 - imported only where an index is opened
import datasketch  # noqa: F401 - imported only where families of texts are linked

from evals.files import CONFERENCE_PARTIES
from ingest.annotate import Annotator
from ingest.loaders.loaded import LoadedText
from ingest.parties.party_table import PartyTable
from ingest.text.splitter import SplitConfig
from tests.fakes import HashingEmbedder

# Reading one statement loads the tables of names, treaties and words, which stay in memory.
_text = "Arvandia\n\nMadam President,\n\nWe support clause 4 of it, since courts ask for it.\n\nWe thank you.\n"
_annotator = Annotator(PartyTable.load().with_extra(CONFERENCE_PARTIES), SplitConfig(), HashingEmbedder())
_read = _annotator.read(LoadedText(text=_text, sha256="0"), None, file="a.txt", kind="statement", input_key="")
_annotator.annotate(_read.document)
