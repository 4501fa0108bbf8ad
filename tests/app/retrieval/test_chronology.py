"""Statements in the order in which they were made, by certain days and by sessions of one body."""

from app.retrieval.chronology import latest_first
from tests.cases import Cases
from vectorstore.records import Metadata

cases = Cases(__file__)


@cases("newest", "others", at_once=True)
def test_the_newest_statement_comes_first_and_the_given_order_stays_where_it_is_not_known(newest, others):
    rows = [tuple(row.split("|")) for row in (newest, *others)]
    made = {row: Metadata(body=row[0] or None, session=row[1] or None, date=row[2] or None) for row in rows}
    assert [*latest_first(reversed(rows), made.__getitem__)] == rows
