"""The chat in the browser: a Gradio interface over the assistant and the corpus."""

# Imported before Gradio, which reads the environment when it is imported.
import vectorstore.offline  # noqa: F401 - imported for what it sets in the environment
