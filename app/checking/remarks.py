"""What a reader should know of a quotation beside its verdict: remarks as data, put into words where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, get_args

RemarkKind = Literal[
    "not_closed", "first_letter", "turned_before", "reported_before", "reported_behind", "limited_after",
    "half_question", "someone_quoted",
    "left_out_turns", "left_out_weighs", "left_out_view", "left_out_pair", "left_out_reply", "joined", "pieces",
    "put_in_asserts", "put_in_replaces", "put_in_party", "put_in", "hidden_inside",
    "nobody_named", "unknown_speaker", "unknown_speaker_like", "not_all_speakers", "time_not_read", "item_differs",
    "body_differs",
    "treaty_words", "other_holder", "no_holder", "near_other", "speaker_incomplete", "other_time", "other_file",
    "too_long",
]  # fmt: skip
KINDS: Final[tuple[RemarkKind, ...]] = get_args(RemarkKind)

_WORDS: Final[Mapping[RemarkKind, str]] = MappingProxyType(
    {
        "not_closed": "the quotation mark is never closed; it was read to the end of the paragraph",
        "first_letter": "the case of the first letter was changed without a mark",
        "turned_before": "the words before it in the same sentence turn it: “… {words}”",
        "reported_before": "the statement reports this as a view or words of others: “… {words}”",
        "reported_behind": "the sentence goes on and gives this to others, or denies it: “{words} …”",
        "limited_after": "the sentence goes on and limits it: “{words} …”",
        "half_question": "the statement asks this as a question",
        "someone_quoted": "in the statement these words stand in quotation marks: the speaker quotes somebody",
        "left_out_turns": "what is left out changes the meaning: “{words}”",
        "left_out_weighs": "what is left out weighs on the meaning: “{words}”",
        "left_out_view": "what is left out says whose view it is: “{words}”",
        "left_out_pair": "half of “not only … but also” is left out: “{words}”",
        "left_out_reply": "what is left out begins by taking back or limiting what stands before it: “{words}”",
        "joined": "the omission joins the beginning of one sentence to the end of another",
        "pieces": "the quotation is put together from pieces of a few words",
        "put_in_asserts": "“[{put}]” is put in and asserts something that the source does not",
        "put_in_replaces": "“[{put}]” stands for other words of the source: “{words}”",
        "put_in_party": "“[{put}]” names somebody else than whoever holds the statement",
        "put_in": "“[{put}]” is the draft's own",
        "hidden_inside": "words that a reader does not see stand inside it and were not read: “{words}”",
        "nobody_named": "the draft names nobody for these words; they are {holder}",
        "unknown_speaker": "the words are attributed to somebody unknown, “{name}”; they are {holder}",
        "unknown_speaker_like": "the words are attributed to somebody unknown, “{name}” (is {suggestion} meant?); "
        "they are {holder}",
        "not_all_speakers": "the draft also names {names}, under whose name these words do not stand",
        "time_not_read": "the draft says when by “{words}”, which was not compared with the statement",
        "item_differs": "the statement stands under agenda item {held}, not under {given}",
        "body_differs": "the statement was made at {held}, not at {given}",
        "treaty_words": "these are the words of a treaty, not of {names}",
        "near_other": "words much like these stand in a statement of {holder}; of {names} none such was found",
        "speaker_incomplete": "not all that is said to be theirs could be read: {files}",
        "other_holder": "these are the words of {holder}, not of {names}",
        "no_holder": "these words stand in a statement that nobody is known to hold, not under {names}",
        "other_time": "it stands under {held}, not under {given}",
        "other_file": "it stands in {held}, not in the file that is named",
        "too_long": "its words stand nowhere as they are; likeness was not looked for, since {reason}",
    }
)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One remark: its kind, and the values that its words are made with."""

    kind: RemarkKind
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Puts it into words, without a capital and a full stop."""
        return _WORDS[self.kind].format_map(self.values)

    def to_json(self) -> dict[str, str]:
        """Returns the kind and the values."""
        return {"kind": self.kind, **self.values}


def remark(kind: RemarkKind, **values: str) -> Remark:
    """Makes a remark."""
    return Remark(kind=kind, values=values)
