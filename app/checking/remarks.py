"""What a check has to say beside its verdicts: remarks and places as data, put into words where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prompts.wording import Wording, load_remark_words


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One remark: its kind, a section of `prompts/remarks.*.md`, and the values that its words are made with."""

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Puts it into English, without a capital and a full stop."""
        return self.say(load_remark_words())

    def say(self, words: Wording) -> str:
        """Puts it into the words of a language, as `__str__` does."""
        return words.say(self.kind, **self.values)

    def to_json(self) -> dict[str, str]:
        """Returns the kind and the values."""
        return {"kind": self.kind, **self.values}


def remark(kind: str, **values: str) -> Remark:
    """Makes a remark."""
    return Remark(kind=kind, values=values)
