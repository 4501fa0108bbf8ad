from app.answering.compose.prompt_evidence import inert


def test_characters_that_nobody_sees_do_not_reach_a_model() -> None:
    hidden = "\u00ad\u061c\u200b\u202e\u2060\ufe01\ufeff\U000e0041\U000e0101"
    assert inert("".join(f"a{char}" for char in hidden)) == "a" * len(hidden)
    # Persian parts letters by a joiner.
    assert inert("می\u200cخواهیم") == "می\u200cخواهیم"
