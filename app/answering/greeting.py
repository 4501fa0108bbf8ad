"""Greetings and wishes for help: one sentence on what can be asked, with examples from the corpus at hand."""

from collections.abc import Sequence

from app.records import Abstention
from ingest.parties.party_table import PartyTable
from prompts.wording import Wording
from vectorstore.records import DocumentSummary, StatementSummary


def greet(
    statements: Sequence[StatementSummary | DocumentSummary], parties: PartyTable, wording: Wording
) -> Abstention:
    """Returns the reply, whose options are questions about those who spoke last."""
    newest = sorted(statements, key=lambda s: s.metadata.date or "", reverse=True)
    speakers = list(dict.fromkeys(s.metadata.state for s in newest if s.metadata.state))
    names = [parties.display(code, wording.language) for code in speakers[:3]]
    keys = ("example_said", "example_summary", "example_list")
    options = tuple(wording.say(key, party=name) for key, name in zip(keys, names, strict=False))
    return Abstention(reason="help", message=wording.say("greeting"), options=options)
