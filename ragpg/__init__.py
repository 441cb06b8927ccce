"""Ask questions of your own Markdown documents, with PostgreSQL and pgvector as the store."""

__version__ = "0.1.0"
