"""The chat in the browser: a Gradio interface over the assistant and the corpus.

Gradio is imported in this package only, since it costs seconds.
"""

# Sets environment variables that Gradio reads when it is imported, so it must come first.
import vectorstore.offline  # noqa: F401
