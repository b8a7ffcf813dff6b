"""Northlight: a self-hosted image studio for a team."""

import contextlib
import sys

# SQLite before 3.51.3 can corrupt a WAL database that two connections checkpoint at once; pysqlite3 carries a
# newer one. It has to take the place of the standard module before Django opens a connection.
with contextlib.suppress(ImportError):
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
