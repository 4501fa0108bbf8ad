"""Offline mode of libraries: environment variables that switch off their usage reports, set before their first import.

Every module that imports such a library imports this one before it.
"""

import os
from typing import Final

_SWITCHES: Final = {
    # onnxruntime's native code posts over TLS, and keeps a device id in the user's cache.
    "ORT_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    # LangChain would send questions to a tracing service that the environment names for other programs.
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
}


def forbid_reports() -> None:
    """Sets the switches, whatever the environment said before."""
    os.environ.update(_SWITCHES)


forbid_reports()
