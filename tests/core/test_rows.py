"""Fixed queries read and write what the ORM would."""

import pytest

from studio.accounts.key_services import create_api_key
from studio.accounts.models import ApiKey, User
from studio.core.rows import Rows
from studio.providers.models import ModelPrice, ProviderRow

pytestmark = pytest.mark.django_db


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
