"""Families of statements: near-duplicates, revisions, translations, and their reports."""

import random

import pytest

from ingest import version_linking
from ingest.version_linking import NEAR_DUPLICATE, Symbol, jaccard, link_families, shingles
from tests.cases import Cases
from tests.fakes import fake_workspace

pytestmark = pytest.mark.integration

cases = Cases(__file__)

HEADER = "file,state,body,session,date,agenda_item,language,symbol\n"
PARTIES = "code,name,aliases,kind\nXAA,Arvandia,Arvandian,state\nXAB,Belmora,,state\n"
OCCASION = "UNTOC COP,10,2020-10-12,4"
SYMBOL = "CTOC/COP/2020/L.5"


class Desk:
    """A folder of statements of fictional States, and a workspace over it."""

    def __init__(self, path):
        self.folder = path / "corpus"
        self.folder.mkdir()
        self.workspace = fake_workspace(path / "store")
        self.rows = {}

    def write(self, name, text, row):
        (self.folder / name).write_text(text, encoding="utf-8")
        self.rows[name] = row

    def drop(self, name):
        (self.folder / name).unlink()
        del self.rows[name]

    def ingest(self, **options):
        rows = "".join(f"{name},{row}\n" for name, row in self.rows.items())
        (self.folder / "statements.csv").write_text(HEADER + rows, encoding="utf-8")
        (self.folder / "parties.csv").write_text(PARTIES, encoding="utf-8")
        report = self.workspace.corpus.ingest([self.folder], **options)
        return {file.file: file for file in report.files}

    def links(self):
        names = {d.document_id: d.file for d in self.workspace.corpus.documents()}
        found = {link for family in self.workspace.corpus.families().values() for link in family.links}
        return sorted((each.relation, *sorted((names[each.document_id], names[each.other_id]))) for each in found)

    def identifier(self, name):
        return next(s.document_id for s in self.workspace.corpus.documents() if s.file == name)


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.workspace.close()


def speech(seed, words=240):
    """Returns a text of made-up words drawn by seed, in paragraphs of six sentences of ten words."""
    draw = random.Random(seed)
    vocabulary = [f"{a}{b}{c}" for a in ("ba", "lo", "mi", "ter") for b in ("ra", "ne", "du") for c in ("ken", "sol")]
    spoken = [draw.choice(vocabulary) for _ in range(words)]
    sentences = [" ".join(spoken[at : at + 10]).capitalize() + "." for at in range(0, words, 10)]
    return "\n\n".join(" ".join(sentences[at : at + 6]) for at in range(0, len(sentences), 6))


def with_changes(text, number):
    """Returns a text with so many words changed, evenly spread."""
    words = text.split(" ")
    for at in range(number):
        words[(at * len(words)) // number] = f"other{at}"
    return " ".join(words)


def row(state="XAA", occasion=OCCASION, language="en", symbol=""):
    return f"{state},{occasion},{language},{symbol}"


@cases("line", "other", "state", "revised")
def test_a_version_that_calls_itself_corrected_supersedes_its_near_duplicate(desk, line, other, state, revised):
    texts = {"a.txt": speech(1), "b.txt": f"{line}\n\n{with_changes(speech(1), 3)}"}
    texts["a.txt"] = f"{other}\n\n{texts['a.txt']}" if other else texts["a.txt"]
    for name, holder in (("a.txt", "XAA"), ("b.txt", state)):
        desk.write(name, texts[name], row(holder))
    desk.ingest()
    family = desk.workspace.corpus.families()[desk.identifier("a.txt")]
    assert family.superseded_by(desk.identifier("a.txt")) == (desk.identifier("b.txt") if revised else None)
    assert family.superseded_by(desk.identifier("b.txt")) is None


def similarity(one, other):
    return jaccard(shingles(one), shingles(other))


def test_similarity_is_the_share_of_word_sequences():
    text = speech(1)
    assert similarity(text, text) == 1.0
    assert similarity(text, text.replace(" ", "\n")) == 1.0, "white space does not count"
    assert similarity(text, speech(2)) < 0.1
    assert similarity(text, with_changes(text, 6)) > NEAR_DUPLICATE > similarity(text, with_changes(text, 40))
    assert similarity("We thank you.", "We thank you.") == 0.0, "too short to tell a copy from a phrase"


def test_similarity_of_chinese_compares_characters():
    text = "缔约方会议强调引渡和司法协助对于打击跨国有组织犯罪的重要意义,并鼓励各国加强合作与信息交流。"
    assert similarity(text, text.replace("强调", "重申")) > 0.5
    assert similarity(text, "发展中国家需要更多技术援助,以便执行公约关于资产追回的规定并培训检察官和法官及警察。") < 0.1


def test_near_duplicates_are_linked_and_reported_and_both_are_kept(desk):
    desk.write("spoken.txt", speech(1), row())
    desk.write("checked.txt", with_changes(speech(1), 5), row(occasion="UNTOC COP,10,2020-10-13,4"))
    desk.write("other.txt", speech(2), row())
    report = desk.ingest()
    assert desk.links() == [("near_duplicate", "checked.txt", "spoken.txt")]
    assert {file.result for file in report.values()} == {"added"}
    assert "near-duplicate of 'checked.txt' (" in report["spoken.txt"].reason
    assert report["spoken.txt"].family == report["checked.txt"].family is not None
    assert (report["other.txt"].family, report["other.txt"].reason) == (None, None)
    again = desk.ingest()
    assert again["spoken.txt"].family == report["spoken.txt"].family
    assert again["spoken.txt"].result == "unchanged" and again["spoken.txt"].reason is None


@pytest.mark.slow
def test_links_do_not_depend_on_the_order_of_ingest(tmp_path):
    texts = {f"{number}.txt": with_changes(speech(number % 4), number) for number in range(12)}
    found = []
    for name, order in (("a", sorted(texts)), ("b", sorted(texts, reverse=True))):
        (tmp_path / name).mkdir()
        desk = Desk(tmp_path / name)
        for file in order:
            desk.write(file, texts[file], row())
            if name == "b":
                desk.ingest()
        desk.ingest()
        found.append(desk.links())
        desk.workspace.close()
    assert found[0] == found[1]
    assert len(found[0]) >= 4


def test_family_shrinks_with_what_is_removed_and_grows_with_what_changes(desk):
    for name, number in (("a.txt", 0), ("b.txt", 3), ("c.txt", 4)):
        desk.write(name, with_changes(speech(1), number) if number else speech(1), row())
    desk.ingest()
    assert [pair[1:] for pair in desk.links()] == [("a.txt", "b.txt"), ("a.txt", "c.txt"), ("b.txt", "c.txt")]
    desk.drop("b.txt")
    desk.ingest(sync=True)
    assert [pair[1:] for pair in desk.links()] == [("a.txt", "c.txt")]
    desk.write("c.txt", speech(9), row())
    desk.ingest()
    assert desk.links() == []
    desk.write("c.txt", with_changes(speech(1), 2), row())
    desk.ingest()
    assert [pair[1:] for pair in desk.links()] == [("a.txt", "c.txt")]
    desk.workspace.corpus.edit(desk.identifier("c.txt"), {"session": "11"})
    assert [pair[1:] for pair in desk.links()] == [("a.txt", "c.txt")], "a corrected statement keeps its family"


def test_only_new_statements_are_compared(desk, monkeypatch):
    compared = []
    sequences = version_linking.shingles
    monkeypatch.setattr(version_linking, "shingles", lambda text: compared.append(text) or sequences(text))
    for number in range(12):
        desk.write(f"{number:02}.txt", speech(number), row())
    desk.ingest()
    assert len(compared) == 12, "nothing is alike, so no pair is compared"
    compared.clear()
    desk.write("new.txt", speech(99), row())
    desk.ingest()
    assert len(compared) == 1


def test_statements_left_uncompared_are_linked_by_the_next_ingest_and_another_scheme_compares_all(desk, monkeypatch):
    desk.write("a.txt", speech(1), row())
    desk.write("b.txt", with_changes(speech(1), 3), row())
    with monkeypatch.context() as patch:
        patch.setattr("ingest.indexer.link_families", lambda catalogue: None)
        desk.ingest()
    assert desk.links() == []
    desk.ingest()
    assert desk.links() == [("near_duplicate", "a.txt", "b.txt")]
    monkeypatch.setattr(version_linking, "_COMPARISON_SCHEME", "another")
    catalogue = desk.workspace.store.catalogue
    assert len(catalogue.families.unseen("another")) == 2
    link_families(catalogue)
    assert desk.links() == [("near_duplicate", "a.txt", "b.txt")]
    assert catalogue.families.unseen("another") == ()


# --- revisions


@cases("written", "root", "base", "suffix", "number")
def test_symbol_is_taken_apart(written, root, base, suffix, number):
    assert Symbol.of(written)[1:] == (root, base, suffix, number)


def test_revisions_are_linked_by_symbol_and_the_older_ones_are_superseded(desk):
    for seed, (name, suffix) in enumerate(
        [("base.txt", ""), ("rev1.txt", "/Rev.1"), ("rev2.txt", "/Rev.2"), ("corr.txt", "/Corr.1"),
         ("add.txt", "/Add.1"), ("fifty.txt", "0"), ("rev_of_add.txt", "/Add.1/Rev.1")]
    ):  # fmt: skip
        desk.write(name, speech(seed), row(symbol=SYMBOL + suffix))
    desk.write("belmora.txt", speech(50), row(state="XAB", symbol=f"{SYMBOL}/Rev.3"))
    report = desk.ingest()
    assert desk.links() == [
        ("addendum", "add.txt", "base.txt"), ("correction", "base.txt", "corr.txt"),
        ("revision", "add.txt", "rev_of_add.txt"), ("revision", "base.txt", "rev1.txt"),
        ("revision", "base.txt", "rev2.txt"), ("revision", "rev1.txt", "rev2.txt"),
    ]  # fmt: skip
    family = desk.workspace.corpus.families()[desk.identifier("base.txt")]
    superseded = {name: family.superseded_by(desk.identifier(name)) for name in report if name != "belmora.txt"}
    newest, add = desk.identifier("rev2.txt"), desk.identifier("rev_of_add.txt")
    assert superseded == {
        "base.txt": newest, "rev1.txt": newest, "rev2.txt": None, "corr.txt": None, "add.txt": add,
        "rev_of_add.txt": None, "fifty.txt": None,
    }  # fmt: skip
    assert "supersedes 'base.txt'" in report["rev1.txt"].reason
    assert "superseded by 'rev2.txt'" in report["rev1.txt"].reason
    assert report["fifty.txt"].family is None and report["belmora.txt"].family is None


# --- translations


ENGLISH = "Madam President,\n\nIn 2019 we extradited 47 persons.\n\nSince 2004, 120 requests came.\n\nWe ask for aid.\n"


@cases("text", "of", "linked")
def test_translations_share_party_occasion_and_structure_or_a_symbol(desk, text, of, linked):
    desk.write("en.txt", ENGLISH, row(symbol=SYMBOL))
    desk.write("fr.txt", text, row(**of))
    report = desk.ingest()
    assert desk.links() == ([("translation", "en.txt", "fr.txt")] if linked else [])
    if linked:
        assert report["fr.txt"].reason.endswith("same statement as 'en.txt' in en")


# --- answers


def test_words_in_two_versions_are_cited_once_and_both_are_covered(desk):
    matter = "We attach great importance to the recovery of stolen assets. Arvandia returned 40 paintings."
    for name, day, change in (("spoken.txt", 12, 0), ("checked.txt", 13, 3)):
        body = with_changes(speech(1), change) if change else speech(1)
        desk.write(name, f"{body}\n\n{matter}\n", row(occasion=f"UNTOC COP,10,2020-10-{day},4"))
    desk.ingest()
    answer = desk.workspace.assistant.ask("What did Arvandia say about the recovery of stolen assets?")
    assert answer.status == "answered"
    quoting = [citation for citation in answer.citations if "stolen assets" in citation.quote]
    assert len(quoting) == 1
    both = {desk.identifier("spoken.txt"), desk.identifier("checked.txt")}
    assert {quoting[0].statement_id, *quoting[0].also_in} == both
    assert answer.coverage.statements_with_evidence == len(both)
    assert answer.to_json()["citations"][0]["also_in"] == list(quoting[0].also_in)


def test_only_the_corrected_version_answers_and_the_earlier_one_is_named(desk):
    said, corrected = "Arvandia returned 40 stolen paintings.", "Arvandia returned 14 stolen paintings."
    desk.write("first.txt", f"Statement by Arvandia\n\n{speech(1)}\n\n{said}\n", row())
    desk.write("second.txt", f"Statement by Arvandia\n\nCorrected version\n\n{speech(1)}\n\n{corrected}\n", row())
    desk.ingest()
    answer = desk.workspace.assistant.ask("What did Arvandia say about stolen paintings?")
    assert [c.quote for c in answer.citations if "paintings" in c.quote] == [corrected]
    assert "earlier versions, left aside for the corrected ones: first.txt" in answer.scope.notes
    assert answer.coverage.statements_in_scope == 1
    changed = desk.workspace.assistant.ask("How has the position of Arvandia on stolen paintings changed over time?")
    assert {c.file for c in changed.citations} == {"first.txt", "second.txt"}
    assert any("corrected since are shown as well: first.txt" in note for note in changed.scope.notes)
    # Where the corrected version is out of scope, the earlier one is all there is.
    desk.write("second.txt", (desk.folder / "second.txt").read_text(), row(occasion="UNTOC COP,10,2020-11-13,4"))
    desk.ingest()
    earlier = desk.workspace.assistant.ask("What did Arvandia say about stolen paintings in October 2020?")
    assert [c.quote for c in earlier.citations if "paintings" in c.quote] == [said]


@pytest.mark.parametrize(("corrected", "direction"), [("“does support”", None), ("“supports lamps”", "for")])
def test_a_corrigendum_is_named_beside_what_is_quoted_and_takes_the_direction_of_what_it_corrects(
    desk, corrected, direction
):
    desk.write("paper.txt", f"{speech(1)}\n\nArvandia does support the ban on ghost nets.\n", row(symbol=SYMBOL))
    desk.write("corr.txt", f"Corrigendum\n\nFor {corrected} read “opposes”.\n", row(symbol=f"{SYMBOL}/Corr.1"))
    desk.ingest()
    answer = desk.workspace.assistant.ask("Does Arvandia support the ban on ghost nets?")
    assert {claim.direction for claim in answer.claims if "ghost nets" in claim.text} == {direction}
    assert any("a corrigendum to paper.txt" in note and "corr.txt" in note for note in answer.scope.notes)
