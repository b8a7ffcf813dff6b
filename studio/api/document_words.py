"""What the OpenAPI document says beside the shapes: headers, the meaning of every status, examples.

The document is English. Its sentences are marked here because the page about the API says them in the reader's
language.
"""

from typing import Any

from django.utils.translation import gettext_noop as _

JOB_ID = "6f1e2c1a-5b0e-4c6c-9f0e-0a1b2c3d4e5f"
PICTURE = "https://studio.example.com/files/8d4c3b2a-1f0e-4d9c-8b7a-6a5b4c3d2e1f/lighthouse.png?e=1803110400&s=3q2-7w"

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": _("The id of this request: yours where you sent one. Name it when you ask for help."),
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$"},
    },
    "Retry-After": {
        "description": _("Seconds after which the same request may succeed."),
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Studio-Provider": {
        "description": _("Who makes the pictures: `sandbox` or a connected provider; empty while undecided."),
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": _("`true` where the Idempotency-Key was used before: the job is the one that was made then."),
        "schema": {"type": "string", "enum": ["true"]},
    },
    "ETag": {
        "description": _("The version of this document; send it as If-None-Match to get 304 while it is unchanged."),
        "schema": {"type": "string"},
    },
}

MEANINGS: dict[str, str] = {
    "200": _("Done."),
    "201": _("The picture is kept."),
    "202": _("The order was taken and its credits are held."),
    "304": _("The document is the one you have."),
    "400": _("The request is not as it must be; `details` has, for each path in it, what is wrong there."),
    "401": _("The key is missing or not known."),
    "402": _("Too few credits for the highest price the order can have."),
    "403": _("The key is paused, revoked or expired, or may not do this."),
    "404": _("There is no such job, or it is not yours to see."),
    "409": _("The Idempotency-Key was used with another body, or the job can no longer be cancelled."),
    "413": _("The body is larger than 1 MB."),
    "415": _("The body is of another content type than the one asked for."),
    "429": _("More requests than this key may make in this time."),
    "500": _("Something broke on our side. Nothing was charged for it."),
    "503": _("No provider can draw at the moment, or the database does not answer."),
}
OF_ROUTES = {
    ("upload", "413"): _("The file is larger than 25 MB."),
    ("generate", "409"): _("The Idempotency-Key was used with another body."),
    ("cancel", "409"): _("A provider has the order already, or the job is over."),
}

SUMMARIES = {
    "generate": _("Order pictures"),
    "upload": _("Send a picture to build on"),
    "list_jobs": _("List jobs"),
    "get_job": _("Look at a job"),
    "cancel": _("Cancel a job"),
    "me": _("Who is asking"),
    "list_models": _("List models"),
    "openapi": _("This document"),
}
ABOUT = {
    "generate": _("Order pictures. Answers at once; ask for the job until it has ended."),
    "upload": _(
        "Send one picture to build on (PNG, JPEG or WebP, at most 25 MB); name it in an order by the address you get."
    ),
    "list_jobs": _("Jobs, newest first, without the request they were made by."),
    "get_job": _("One job, with the request it was made by."),
    "cancel": _("Cancel a job nobody has taken yet; its credits are returned."),
    "me": _("Who is asking, and what this key can still spend."),
    "list_models": _("The models that can be used here. No key is needed."),
    "openapi": _("This document. No key is needed."),
}
TAGS = {
    "generate": "Pictures",
    "upload": "Pictures",
    "list_jobs": "Jobs",
    "get_job": "Jobs",
    "cancel": "Jobs",
    "me": "Account",
    "list_models": "Models",
    "openapi": "Models",
}
PARAMETERS = {
    "id": _("The `jobId` of the order."),
    "status": _("Only jobs in this state."),
    "model": _("Only jobs of this model, by any of its names."),
    "limit": _("How many jobs a page has."),
    "cursor": _("`nextCursor` of the page before."),
    "scope": _("`team`: everybody's jobs, for staff."),
    "search": _("Only the job with this id."),
    "include_models": _("Also name all models that jobs were asked of."),
    "modality": _("Only models that make this."),
}

_ITEM = {
    "id": JOB_ID,
    "status": "COMPLETED",
    "model": "dall-e-3",
    "progress": 100,
    "result": {"images": [PICTURE]},
    "error": None,
    "creditCost": 21,
    "webhookStatus": None,
    "createdAt": "2026-11-21T09:30:00.000Z",
    "completedAt": "2026-11-21T09:30:24.000Z",
    "expired": False,
}
_ORDER = {"model": "dall-e-3", "prompt": "A lighthouse in the fog", "dalleParams": {"aspect_ratio": "3:2"}}
_JOB = _ITEM | {"input": _ORDER}
ORDER_EXAMPLE = _ORDER
EXAMPLES: dict[tuple[str, str], Any] = {
    ("generate", "202"): {"jobId": JOB_ID, "status": "QUEUED"},
    ("upload", "201"): {
        "id": "2b1a0f9e-8d7c-4b6a-9584-73625140f0e1",
        "url": "https://studio.example.com/files/reference/2b1a0f9e-8d7c-4b6a-9584-73625140f0e1/hmac.png",
        "kind": "image",
        "contentType": "image/png",
        "byteSize": 482113,
        "expiresAt": "2026-11-22T09:30:00.000Z",
    },
    ("list_jobs", "200"): {"jobs": [_ITEM], "nextCursor": None, "hasMore": False},
    ("get_job", "200"): _JOB,
    ("cancel", "200"): _JOB
    | {
        "status": "CANCELLED",
        "progress": 0,
        "result": None,
        "creditCost": 0,
        "completedAt": "2026-11-21T09:30:02.000Z",
    },
    ("me", "200"): {
        "user": {"id": "a1b2c3d4-0000-5000-8000-000000000001", "email": "mina@studio.example.com", "role": "MEMBER"},
        "team": {
            "id": "a1b2c3d4-0000-4000-8000-000000000002",
            "name": "Northlight",
            "credits": 479,
            "plan": "self-hosted",
            "customerId": None,
            "maxConcurrentJobs": 512,
        },
        "apiKey": {"id": "a1b2c3d4-0000-4000-8000-000000000003", "name": "Print shop", "prefix": "afk_4f2c9a1b"},
    },
    ("list_models", "200"): {
        "models": [
            {
                "id": "dall-e-3",
                "label": "DALL·E 3",
                "modality": "image",
                "description": "Literal prompts, short words",
                "costMin": 21,
                "costMax": 21,
                "pricingMode": "flat",
            }
        ]
    },
}
FAILURES: dict[str, Any] = {
    "400": {
        "error": "dalleParams.style: style must be one of vivid, natural.",
        "details": {"dalleParams.style": ["style must be one of vivid, natural."]},
    },
    "401": {"error": "An API key is required: X-API-Key, or Authorization: Bearer."},
    "402": {"error": "21 credits are needed and 4 are there.", "creditsRequired": 21, "creditsAvailable": 4},
    "404": {"error": "There is no job with this id."},
    "429": {"error": "This key may submit 60 jobs in 60 seconds. Try again in 12."},
}
