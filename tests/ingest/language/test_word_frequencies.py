import pytest

from ingest.language.word_frequencies import commonness, zipf

WORDS = {
    "en": "the sanctions Extradition blorft don't o'clock x1 2020 café well-known ÉTAT",
    "fr": "l'extradition criminalité PAYS xyzzq États-Unis déjà",
    "es": "extradición país PAÍSES xyzzq",
    "ru": "санкции Преступность ещё СССР ывапро",
    "ar": "العقوبات والمحكمة الجريمةُ ضصث",
}


@pytest.mark.heavy
@pytest.mark.parametrize("language", WORDS)
def test_words_are_as_common_as_wordfreq_says(language: str) -> None:
    # Imported here, since it takes a second, which every process that collects tests would spend.
    from wordfreq import zipf_frequency

    words = WORDS[language].split()
    assert [commonness(word, language) for word in words] == [zipf_frequency(word, language) for word in words]
    plain = [word for word in words if word.isalpha()]
    in_small_list = [zipf(word, language, "small") >= 3.7 for word in plain]
    assert in_small_list == [zipf_frequency(word, language) >= 3.7 for word in plain]


def test_latin_words_of_a_chinese_question_are_as_common_as_in_english() -> None:
    assert commonness("sanctions", "zh") == commonness("sanctions", "en") > 3
