"""The least an order can be: five statements in a Django view without middleware, checks or a catalogue."""

import json
import uuid

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django_q.models import OrmQ

from studio.accounts.models import ApiKey
from studio.credits.models import Entry
from studio.jobs.models import Job

MOVE = (
    "UPDATE credits_account SET balance = balance - 21, seq = seq + 1 "
    "WHERE user_id = %s AND balance - held >= 21 RETURNING id, seq, balance, held"
)


def generate(request: HttpRequest) -> JsonResponse:
    """Find the key; write job, queue row, account and entry in one transaction."""
    key = ApiKey.objects.get(prefix=request.headers["X-API-Key"][4:12])
    asked = json.loads(request.body)
    with transaction.atomic():
        job = Job(user_id=key.user_id, model="dall-e-3", prompt=asked["prompt"], provider="x", price=21, unit_price=21)
        job.save(force_insert=True)
        OrmQ.objects.create(key="studio", payload="x" * 300, lock=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [key.user_id])
            account, seq, balance, held = cursor.fetchone()
        Entry.objects.create(
            **{"account_id": account, "seq": seq, "kind": "adjust", "key": uuid.uuid4().hex, "change": -21},
            **{"spendable_after": balance - held, "held_after": held, "reason": "benchmark"},
            **{"spent_total": 0, "returned_total": 0, "created_at": timezone.now()},
        )
    return JsonResponse({"jobId": str(job.pk), "status": "QUEUED"}, status=202)


urlpatterns = [path("v2/images/generate", generate)]
