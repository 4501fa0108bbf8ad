"""Prompts of chat models: with the declared sections and variables, or they do not load."""

from pathlib import Path

import pytest

from prompts import prompt
from prompts.prompt import SECTIONS, PromptError, load_prompt
from tests.cases import Cases

cases = Cases(__file__)


@pytest.mark.parametrize("name", SECTIONS)
def test_every_prompt_loads_and_takes_braces_in_values_as_they_are(name):
    loaded = load_prompt(name)
    asked = loaded.ask(**dict.fromkeys(SECTIONS[name]["user"], "{all}"))
    assert loaded.system and asked.count("{all}") == len(SECTIONS[name]["user"]) and "{{" not in loaded.system


@cases("old", "new", "names", tuples=True)
def test_load_prompt_names_what_is_wrong(old, new, names, monkeypatch, tmp_path):
    text = (Path(prompt.__file__).parent / "compose.md").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "compose.md").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(prompt, "files", lambda package: tmp_path)
    with pytest.raises(PromptError) as caught:
        # Bypasses the cache.
        load_prompt.__wrapped__("compose")
    assert all(name in str(caught.value) for name in ("compose.md", *names))
