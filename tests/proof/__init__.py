"""Proof by real processes: nothing is lost or doubled, whoever dies and whenever."""

KEY = "afk_fake_0123456789"  # the studio's key at the fake provider
# The same in every process and every copy, so that what one encrypted another can read.
SECRETS = {"STUDIO_SECRET_KEY": "s" * 50, "STUDIO_ENCRYPTION_KEY": "e" * 50, "STUDIO_DRAIN_SECONDS": "5"}
