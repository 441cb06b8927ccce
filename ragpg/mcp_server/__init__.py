"""The documents for agents: a server of the Model Context Protocol (MCP)."""
