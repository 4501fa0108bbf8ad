"""Tests of vectorstore.caches."""

from vectorstore.caches import BatchLruCache


def test_each_input_is_computed_once_until_others_were_asked_for_later() -> None:
    kept, computed = BatchLruCache[str, int](2), list[str]()

    def lengths(texts: list[str]) -> list[int]:
        computed.extend(texts)
        return list(map(len, texts))

    assert kept.of(["a", "bcd", "a"], lengths) == {"a": 1, "bcd": 3}
    assert kept.of(["a"], lengths) == {"a": 1} and list(kept) == ["bcd", "a"]
    # More than are kept at a time are all returned.
    assert kept.of(["ef", "a", "g"], lengths) == {"ef": 2, "a": 1, "g": 1}
    assert computed == ["a", "bcd", "ef", "g"] and list(kept) == ["ef", "g"]
