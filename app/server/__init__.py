"""The server for a team: API, MCP and chat behind accounts, all of which pass the same checks (`method_rules.py`)."""
