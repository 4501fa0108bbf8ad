"""Writes the tables of `docs/parties.md` from our tables of parties; the text around them is written by hand.

    python -m scripts.make_parties_page

A table stands between `<!-- made: NAME -->` and `<!-- end -->`.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from ingest.parties.party_names import ambiguous_names, built_in, display_name
from prompts.wording import LANGUAGES

PAGE: Final = Path(__file__).parents[1] / "docs" / "parties.md"
_TABLE: Final = re.compile(r"(?<=<!-- made: )(?P<name>\w+) -->\n.*?(?=<!-- end -->)", re.DOTALL)


def main() -> None:
    """Rewrites the page in place."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), tables()), encoding="utf-8")


def tables() -> dict[str, str]:
    """Returns tables in Markdown: the codes of groups with their names, and ambiguous names with their meanings."""
    groups = [row for row in built_in().values() if row.kind != "state"]
    named = ((row.code, *(display_name(row, language) for language in LANGUAGES)) for row in groups)
    names: dict[tuple[str, str], dict[str, list[str]]] = {}
    for name in ambiguous_names():
        meant = names.setdefault((", ".join(name.codes), name.reason), {language: [] for language in LANGUAGES})
        meant[name.language].append(name.name)
    unclear = ((*key, *map(" · ".join, meant.values())) for key, meant in names.items())
    return {
        "groups": as_markdown(("code", *LANGUAGES), named),
        "ambiguous": as_markdown(("may mean", "why", *LANGUAGES), unclear),
    }


def filled(page: str, made: Mapping[str, str]) -> str:
    """Returns a page with its tables replaced; the text written by hand stays."""
    return _TABLE.sub(lambda found: f"{found['name']} -->\n{made[found['name']]}", page)


def as_markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Returns a table in Markdown."""
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join((lines[0], re.sub(r"[^|]+", "---", lines[0]), *lines[1:])) + "\n"


if __name__ == "__main__":
    main()
