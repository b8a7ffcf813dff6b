"""The only door to django-q2. The queue is a hint, our rows are the truth.

The ORM broker's row is an ordinary row of the same database, so what is enqueued inside a transaction commits or
rolls back with it: no outbox is needed. This holds for the ORM broker on the default database only (studio.E004).
"""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signals import post_spawn, pre_execute
from django_q.tasks import async_task

from studio.core.at_once import Together
from studio.core.rows import insert, insert_at_once


class _Broker(ORM):  # type: ignore[misc]
    """Writes as the stock broker does, but asks for no number of the row: nobody waits for an answer."""

    @staticmethod
    def get_connection(list_key: str = Conf.PREFIX) -> Any:
        """Without the stock broker's look for old connections, which closes the one that is in the middle of a job."""
        return OrmQ.objects

    together: Together | None = None

    def enqueue(self, task: str) -> None:
        row = OrmQ(key=self.list_key, payload=task, lock=timezone.now())
        if self.together is None:
            insert(row)
        else:
            insert_at_once(self.together, "enqueued", row)


def enqueue(path: str, *ids: str | int, together: Together | None = None) -> None:
    """Ask a worker to run the function at the dotted `path` with `ids`; at least once, in no promised order.

    With a `together`, as a part of it.
    Raises ImportError for a path that does not exist (django-q2 would queue it without complaint) and TypeError for
    anything but identifiers: no prompt, no secret belongs in a payload.
    """
    import_string(path)
    for item in ids:
        if not isinstance(item, str | int):
            raise TypeError(f"A queue payload holds identifiers only, not {type(item).__name__}.")
    broker = _Broker(list_key=Conf.CLUSTER_NAME)
    broker.together = together
    async_task(path, *ids, broker=broker)


def on_worker_start(callback: Callable[[], None]) -> None:
    """Call `callback` in every worker process when it is spawned."""

    def receive(**_kwargs: Any) -> None:
        callback()

    post_spawn.connect(receive, weak=False, dispatch_uid=f"{callback.__module__}.{callback.__qualname__}")


def on_task_start(callback: Callable[[], None]) -> None:
    """Call `callback` in the worker process whenever it begins a task."""

    def receive(**_kwargs: Any) -> None:
        callback()

    pre_execute.connect(receive, weak=False, dispatch_uid=f"{callback.__module__}.{callback.__qualname__}")


def waiting() -> int:
    """How many queue rows there are, running ones included."""
    return int(OrmQ.objects.count())
