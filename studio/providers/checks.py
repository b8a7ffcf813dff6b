"""What can be wrong with the providers of the environment; `up` says it before it starts."""

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Warning, register

from studio.providers.connections import connection_of_row, is_from_environment
from studio.providers.kinds import KINDS
from studio.providers.models import ProviderRow


@register("studio")
def openai_can_be_asked(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """OPENAI_BASE_URL alone enables a server; two slips would have every order refused."""
    if not is_from_environment("openai"):
        return []
    connection, kind = connection_of_row(ProviderRow(slug="openai")), KINDS["openai"]
    url = connection.base_url
    messages: list[CheckMessage] = []
    if not connection.key and kind.needs_key_at(url):
        hint = "Set OPENAI_API_KEY, or set OPENAI_BASE_URL to a server of your own."
        messages.append(Warning("OpenAI takes no order without a key.", hint=hint, id="studio.W004"))
    if not urlsplit(url).path:
        hint = "Most servers answer below /v1, and want it in the address."
        messages.append(Warning(f"OPENAI_BASE_URL {url} has no path.", hint=hint, id="studio.W005"))
    return messages
