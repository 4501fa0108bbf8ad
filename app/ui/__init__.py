"""The chat in the browser: a Gradio interface over the assistant and the corpus.

Gradio is imported in this package only, since it costs seconds.
"""

import inspect
from typing import Any

# Before Gradio, which reads the environment when it is imported.
import vectorstore.offline  # noqa: F401


def _import_gradio() -> None:
    """Imports Gradio without the type stubs that it makes of its components' source, which take half of its import.

    It makes none of a class whose file is not found.
    """
    find = inspect.getfile

    def find_no_component(object: Any) -> str:  # noqa: ANN401
        if isinstance(object, type) and object.__module__.startswith("gradio."):
            raise FileNotFoundError(object.__module__)
        return find(object)

    inspect.getfile = find_no_component
    try:
        import gradio  # noqa: F401
    finally:
        inspect.getfile = find


_import_gradio()
