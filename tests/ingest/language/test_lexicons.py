"""Lexicons as data: where they come from, and how their patterns are compiled."""

import re
from pathlib import Path

from ingest.language.lexicons import Patterns, RegexPatterns, load_lexicon, unfolded
from tests.cases import Cases, all_at_once
from tests.conftest import PROJECT

cases = Cases(__file__)

TABLES = (PROJECT / "ingest" / "data" / f"{name}.csv" for name in ("number_words", "claim_check_synonyms"))
FOLDERS = (PROJECT / "ingest" / "language" / "data", PROJECT / "vectorstore" / "data")
# Suffixes of files that are not tables: hashes of packaged files, and weights.
NO_TABLES = (".sha256", ".safetensors")
DATA = sorted([*TABLES, *(path for folder in FOLDERS for path in folder.iterdir() if path.suffix not in NO_TABLES)])


@all_at_once("path", DATA)
def test_every_table_says_where_it_comes_from(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\n")[:3]
    assert head[0].startswith("# ") and any(word in " ".join(head) for word in ("made by", "Compiled by hand"))


def test_the_modules_that_lexicons_name_as_their_readers_exist() -> None:
    modules = [
        f"/{path.relative_to(PROJECT)}"
        for room in ("app", "ingest", "vectorstore")
        for path in (PROJECT / room).rglob("*.py")
    ]
    lexicons = [path for folder in (*FOLDERS, PROJECT / "app" / "question" / "data") for path in folder.glob("*.yaml")]
    comments = [
        line for path in lexicons for line in path.read_text(encoding="utf-8").split("\n") if line.startswith("#")
    ]
    named = {name for line in comments for name in re.findall(r"[\w/]+\.py\b", line)}
    assert len(named) > 20 and not {name for name in named if not any(each.endswith(f"/{name}") for each in modules)}


def test_a_pattern_that_is_broken_into_lines_is_one_pattern() -> None:
    assert unfolded("(?:a b\n|c)") == "(?:a b|c)"


@cases("lexicon", "given")
def test_every_pattern_is_sound_with_what_it_refers_to(lexicon: str, given: dict[str, str]) -> None:
    patterns = RegexPatterns(lexicon, **given)
    assert all("<<" not in getattr(patterns, key).pattern for key in load_lexicon(lexicon))
    assert Patterns("alignment").said.search("THE STATEMENT") and not Patterns("own_voice").first_person.search("OUR")
