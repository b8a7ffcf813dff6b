"""Finding, sorting and collecting the pictures that were made."""
