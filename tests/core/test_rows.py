"""Fixed queries read and write what the ORM would."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, User
from studio.core.models import Counter
from studio.core.rows import Rows, insert, pipelined
from studio.jobs.models import Job
from studio.providers.models import ModelPrice, ProviderRow
from tests.databases import Scratch

pytestmark = pytest.mark.django_db
HERE = "tests.core.test_rows"


def values(row) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_have_the_values_and_types_of_the_orm(alice):
    create_api_key(user=alice, name="one")
    create_api_key(user=alice, name="two", is_sandbox=True)
    both = Rows(ApiKey, User)
    sql = f"""SELECT {both.columns}, 1 + 1 FROM accounts_apikey
              JOIN accounts_user ON accounts_user.id = accounts_apikey.user_id ORDER BY accounts_apikey.name"""
    found = both.get(sql, [])
    assert [values(key) for key, _user, _two in found] == [values(key) for key in ApiKey.objects.order_by("name")]
    assert [values(user) for _key, user, _two in found] == [values(User.objects.get())] * 2
    assert [two for _key, _user, two in found] == [2, 2]
    found[0][0].name = "renamed"
    found[0][0].save()
    assert ApiKey.objects.filter(name="renamed").count() == 1


def test_json_and_what_an_outer_join_did_not_find(catalogue):
    ProviderRow.objects.exclude(slug="sandbox").delete()
    both = Rows(ModelPrice, ProviderRow)
    sql = f"""SELECT {both.columns} FROM providers_modelprice
              LEFT JOIN providers_providerrow ON providers_providerrow.kind = %s
              WHERE providers_modelprice.model = %s"""
    ((price, nobody),) = both.get(sql, ["nobody", "gpt-image-2"])
    assert price.table == ModelPrice.objects.get(model="gpt-image-2").table
    assert nobody is None


def test_an_inserted_row_is_what_the_orm_saves(alice):
    given = {"user": alice, "model": "m", "prompt": "é", "params": {"a": [1]}, "price": 3, "unit_price": 3}
    one, two = Job(**given), Job(**given)
    two.created_at = one.created_at
    insert(one)
    two.save(force_insert=True)
    of_orm = {**values(Job.objects.get(pk=two.pk)), "id": one.pk}
    assert values(Job.objects.get(pk=one.pk)) == of_orm
    one.prompt = "changed"
    one.save()
    assert Job.objects.filter(prompt="changed").count() == 1


def write_pipelined(keys: list[str]) -> list[object]:
    """Counters of these names in one transaction; what it raised, how many are there, whether one can go on."""
    told = ""
    try:
        with transaction.atomic(), pipelined():
            for key in keys:
                insert(Counter(key=key, window=1, expires_at=timezone.now()))
    except IntegrityError as error:
        told = type(error).__name__
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return [told, Counter.objects.count()]


def test_what_is_written_without_waiting_is_written_whole_or_refused_whole(scratch: Scratch):
    assert scratch.run(f"{HERE}:write_pipelined", ["a", "b"]) == [["", 2]]
    assert scratch.run(f"{HERE}:write_pipelined", ["c", "a", "d"]) == [["IntegrityError", 2]]
