"""What the queue runs for providers."""

import logging
import threading
import uuid

from django.db import connection

from studio.providers import sync

log = logging.getLogger(__name__)
_busy = threading.Lock()


def read_lists() -> None:
    """Begin to read the lists that are due, unless this process does so already.

    In a thread of its own: a vendor may take longer than a task or the clock may. If the process ends before the thread
    does, nothing is lost, because what was not read is still due.
    """
    if _busy.acquire(blocking=False):
        threading.Thread(target=_read, name="lists", daemon=True).start()


def _read() -> None:
    try:
        sync.run(sync.due(), owner=f"queue:{uuid.uuid4()}")
    except Exception:
        log.exception("The lists of models could not be read")
    finally:
        connection.close()
        _busy.release()
