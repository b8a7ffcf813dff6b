"""Sessions as Django's own backend keeps them; only the reading, at every request, is a fixed statement."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.core.rows import Rows

_ROWS = Rows(Session)
_FIND = f"SELECT {_ROWS.columns} FROM django_session WHERE session_key = %s"  # noqa: S608 -- names of our own columns


class SessionStore(db.SessionStore):
    """Django's, found without composing the same query anew (see core/rows.py)."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        for (found,) in _ROWS.get(_FIND, [self.session_key]):
            if found.expire_date > timezone.now():
                row: AbstractBaseSession = found
                return row
        self._session_key = None
        return None
