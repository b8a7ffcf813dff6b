"""How deliveries are signed: the vendor's scheme (facts A7) and Standard Webhooks 1.0.0, both with the same secrets."""

import base64
import hmac
import secrets
from datetime import timedelta

from django.utils import timezone

from studio.core.crypto import decrypt, encrypt
from studio.webhooks.models import Delivery

SECRET_BYTES = 32
BOTH_SIGN = timedelta(hours=24)  # after a rotation (WHO-6)


def new_secret() -> tuple[str, str]:
    """A new secret: encrypted as a row keeps it, and as `whsec_` text for its owner's eyes, once."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return encrypt(secret.hex()), f"whsec_{base64.b64encode(secret).decode()}"


def secrets_of(delivery: Delivery) -> list[bytes]:
    """What it is signed with, the newest first; `api_key` and `endpoint` must be loaded.

    A job's own address: the SHA-256 of the submitting key. A standing one: its own secret, and for a day after a
    rotation the one before as well.
    """
    if delivery.api_key is not None:
        return [bytes.fromhex(decrypt(delivery.api_key.signing_secret))]
    endpoint = delivery.endpoint
    assert endpoint is not None
    kept = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > timezone.now():
        kept.append(endpoint.old_secret)
    return [bytes.fromhex(decrypt(secret)) for secret in kept]


def signatures(delivery: Delivery, body: bytes) -> dict[str, str]:
    """The headers that sign `body`, fresh at each call; the vendor's has room for one, the newest secret's."""
    keys = secrets_of(delivery)
    seconds = str(int(timezone.now().timestamp()))
    signed = b".".join([delivery.message_id.encode(), seconds.encode(), body])
    listed = [f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys]
    headers = {
        "X-Webhook-Signature": f"sha256={hmac.digest(keys[0], body, 'sha256').hex()}",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(listed),
    }
    if len(keys) > 1:
        headers["X-Webhook-Signature-Previous"] = f"sha256={hmac.digest(keys[1], body, 'sha256').hex()}"
    return headers
