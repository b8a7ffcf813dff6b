"""What the racing processes of test_diary_races do."""

import uuid

from studio.accounts.models import User
from studio.providers import catalogue, decide, overlay, sync
from studio.providers.catalogue import Rule
from studio.providers.models import DiaryEntry, ProviderRow
from studio.providers.services import load_catalogue
from tests.factories import make_user


def connect(url: str) -> None:
    """The catalogue, an administrator and the fake vendor at `url`."""
    load_catalogue()
    make_user("admin", is_staff=True)
    row = ProviderRow(slug="apiframe", kind="apiframe", name="Apiframe", base_url=url)
    row.set_key("afk_fake_0123456789")
    row.save()


def read_the_list() -> int:
    """Without the lease that keeps two readings apart: how many entries this one wrote."""
    return len(sync.sync(ProviderRow.objects.get(slug="apiframe")).added)


def read_in_turn() -> int:
    return len(sync.run(list(ProviderRow.objects.filter(slug="apiframe")), owner=str(uuid.uuid4())))


def accept_everything() -> int:
    """Accept what is open, with a price for the new model; how many this process accepted."""
    entries = list(DiaryEntry.objects.order_by("pk"))
    admin = User.objects.get(username="admin")
    return decide.accept(entries=entries, by=admin, rules={"aurora-1": Rule(flat=9)})


def see(name: str) -> list[object]:
    """What another process finds by that name, without being told anything."""
    model = catalogue.find(name)
    overlay.refresh()
    return [bool(model), overlay.current_number()]
