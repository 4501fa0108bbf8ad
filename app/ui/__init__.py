"""The chat in the browser: a Gradio interface over the assistant and the corpus.

Gradio is imported in this package only, since it costs seconds.
"""

import os

# Gradio reads this when it is imported; nothing may leave the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
