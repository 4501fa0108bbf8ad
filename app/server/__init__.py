"""The server for a team: API, MCP and chat behind accounts, each door through the same checks (`guarded.py`)."""
