"""`untoc parties`: what folders added, and taking it back."""

import json
import shutil

from app.cli import main


def test_parties_of_folders_are_listed_and_taken_back(filled_store, scripted_models, tmp_path, capsys):
    store = str(tmp_path / "store")
    shutil.copytree(filled_store, store)
    assert main(["parties", "--store", store, "--json"]) == 0
    assert "XAA" in {party["code"] for party in json.loads(capsys.readouterr().out)}
    assert main(["parties", "remove", "XAA", "--store", store]) == 0
    assert "XAA removed" in capsys.readouterr().out
    assert main(["parties", "--store", store]) == 0
    assert not any(line.startswith("XAA\t") for line in capsys.readouterr().out.splitlines())


def test_parties_remove_without_a_code_is_wrong_usage(capsys):
    assert main(["parties", "remove"]) == main(["parties", "add", "XAA"]) == 2
    assert all(line.startswith("untoc: ") for line in capsys.readouterr().err.splitlines())
