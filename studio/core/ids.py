"""Ids of rows as text."""

from uuid import UUID


def is_id(text: str) -> bool:
    """Whether this is a UUID in its usual spelling."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
