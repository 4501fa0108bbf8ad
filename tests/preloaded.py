"""Loaded by the process that workers are forked from: what takes seconds in each of them is done once.

No thread is started, which a fork would leave behind.
"""

import chromadb  # noqa: F401 - imported only where an index is opened
import datasketch  # noqa: F401 - imported only where families of texts are told

from evals.files import CONFERENCE_PARTIES
from ingest.annotate import Annotator
from ingest.loaders.loaded import LoadedText
from ingest.parties.party_table import PartyTable
from ingest.text.splitter import SplitConfig
from tests.fakes import HashingEmbedder

# Reading a statement looks up names, treaties and words, whose tables stay.
_text = "Arvandia\n\nMadam President,\n\nWe support clause 4 of it, since courts ask for it.\n\nWe thank you.\n"
_annotator = Annotator(PartyTable.load().with_extra(CONFERENCE_PARTIES), SplitConfig(), HashingEmbedder())
_read = _annotator.read(LoadedText(text=_text, sha256="0"), None, file="a.txt", kind="statement", input_key="")
_annotator.annotate(_read.document)
