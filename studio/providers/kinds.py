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
    needs_key_elsewhere: bool = True  # also at another address than `base_url`
    name_elsewhere: str = ""  # what people read for it there; empty: the same
    concurrent: int | None = None  # the pace it starts with; None: no limit of ours

    def is_elsewhere(self, base_url: str) -> bool:
        """Whether this address is another than the vendor's own."""
        return bool(base_url) and base_url.rstrip("/") != self.base_url

    def name_at(self, base_url: str) -> str:
        """What a provider of this kind at this address is called until an administrator renames it."""
        return self.name_elsewhere or self.name if self.is_elsewhere(base_url) else self.name

    def needs_key_at(self, base_url: str) -> bool:
        return self.needs_key_elsewhere if self.is_elsewhere(base_url) else self.needs_key


KINDS = {
    "apiframe": ProviderKind("Apiframe", "studio.providers.apiframe.Apiframe", "https://api.apiframe.ai"),
    "aimlapi": ProviderKind("AI/ML API", "studio.providers.aimlapi.AimlApi", "https://api.aimlapi.com"),
    "openai": ProviderKind(
        "OpenAI",
        "studio.providers.openai.OpenAI",
        "https://api.openai.com/v1",
        needs_key_elsewhere=False,
        name_elsewhere="OpenAI-compatible server",
    ),
    # eight pictures at once keep two processor cores busy and the pages quick
    SANDBOX: ProviderKind("Sandbox", "studio.providers.sandbox.Sandbox", needs_key=False, concurrent=8),
}


@cache
def make(kind: str, connection: Connection) -> Provider:
    """The provider of a kind over a connection; one instance per process and connection. Raises KeyError."""
    made: Provider = import_string(KINDS[kind].path)(connection)
    return made
