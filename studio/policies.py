"""Who may use each route. A route that is missing here is not served, and a test fails."""

from studio.core.policy import Policy

POLICIES: dict[str, Policy] = {
    "accounts:invitation": Policy.TOKEN,
    "admin:*": Policy.STAFF,
}
