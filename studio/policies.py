"""Who may use each route. A route that is missing here is not served, and a test fails."""

from studio.core.policy import Policy

POLICIES: dict[str, Policy] = {
    "account_change_password": Policy.MEMBER,
    "account_login": Policy.PUBLIC,
    "account_logout": Policy.PUBLIC,
    "account_reset_password": Policy.PUBLIC,
    "account_reset_password_done": Policy.PUBLIC,
    "account_set_password": Policy.MEMBER,
    "accounts:invitation": Policy.TOKEN,
    "accounts:profile": Policy.MEMBER,
    "accounts:session_end": Policy.MEMBER,
    "accounts:theme": Policy.MEMBER,
    "jobs:file": Policy.TOKEN,
    "jobs:picture": Policy.MEMBER,
    "set_language": Policy.PUBLIC,
    "usersessions_list": Policy.MEMBER,
    "admin:*": Policy.STAFF,
    "jobs:again": Policy.MEMBER,
    "jobs:cancel": Policy.MEMBER,
    "jobs:earlier": Policy.MEMBER,
    "jobs:job": Policy.MEMBER,
    "jobs:job_live": Policy.MEMBER,
    "jobs:live": Policy.MEMBER,
    "jobs:price": Policy.MEMBER,
    "jobs:recompose": Policy.MEMBER,
    "jobs:sending": Policy.MEMBER,
    "jobs:studio": Policy.MEMBER,
    "healthz": Policy.PUBLIC,
    "readyz": Policy.PUBLIC,
}
