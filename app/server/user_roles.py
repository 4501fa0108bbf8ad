"""The roles of a team server's users, and the permissions of each: readers ask, editors change the corpus.

What a route or an event of the chat requires is declared with `required_permissions.py`.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Role = Literal["reader", "editor", "admin"]
Permission = Literal["read", "ask", "work", "edit", "operate", "admin"]

PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)
# read: statements, searches, checks; ask: questions and briefings; work: own and shared works; edit: the corpus
# and reviews; operate: health, figures and the audit log; admin: accounts.
MAY: Final[Mapping[Role, frozenset[Permission]]] = {
    "reader": frozenset({"read", "ask", "work"}),
    "editor": frozenset({"read", "ask", "work", "edit"}),
    "admin": frozenset(PERMISSIONS),
}
