"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with OWASP's figures: 19 MiB and one thread a hash.

    Django's 100 MiB and eight threads would let a few sign-ins at once take all of a small machine's memory.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
