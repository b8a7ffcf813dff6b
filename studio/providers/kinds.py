"""The kinds of provider there are: one file each, named here."""

from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import import_string

from studio.providers.base import Connection, Provider

SANDBOX = "sandbox"


@dataclass(frozen=True)
class ProviderKind:
    """How a kind is called, where its class is, and what a row of it starts with."""

    name: str
    path: str
    base_url: str = ""
    needs_key: bool = True
    concurrent: int | None = None  # the pace it starts with; None: no limit of ours


KINDS = {
    "apiframe": ProviderKind("Apiframe", "studio.providers.apiframe.Apiframe", "https://api.apiframe.ai"),
    # eight pictures at once keep two processor cores busy and the pages quick
    SANDBOX: ProviderKind("Sandbox", "studio.providers.sandbox.Sandbox", needs_key=False, concurrent=8),
}


@cache
def make(kind: str, connection: Connection) -> Provider:
    """The provider of a kind over a connection; one instance per process and connection. Raises KeyError."""
    made: Provider = import_string(KINDS[kind].path)(connection)
    return made
