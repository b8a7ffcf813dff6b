"""Administration of credits: what staff may do, and that the ledger is only looked at."""

import re

import pytest
from django.contrib.auth.models import Permission

from studio.accounts.models import User
from studio.core import paging
from studio.core.models import AuditEvent
from studio.credits import services
from studio.credits.models import Account, Entry, Hold
from tests.factories import make_user

pytestmark = pytest.mark.django_db
ENTRIES, HOLDS, ACCOUNTS = (f"/admin/credits/{name}/" for name in ("entry", "hold", "account"))
GRANT = f"{ACCOUNTS}grant/"
FORM = {"what": "grant", "amount": "50", "reason": "a good month", "once": "a" * 22}


def log_in(client, operator: User, *permissions: str) -> User:
    for name in permissions:
        operator.user_permissions.add(Permission.objects.get(codename=name, content_type__app_label="credits"))
    client.force_login(operator)
    return operator


@pytest.fixture
def treasurer(client, operator) -> User:
    return log_in(client, operator, "view_entry", "view_hold", "view_account", "grant_credits")


@pytest.fixture
def held(alice) -> Hold:
    return services.hold(user=alice, amount=30, key="job:1:hold", reference="1", seconds=60)


def account_of(user: User) -> Account:
    return Account.objects.get(user=user)


def grant(client, *people: User, **values: str):
    query = "&".join(f"_selected_action={account_of(person).pk}" for person in people)
    return client.post(f"{GRANT}?{query}", {**FORM, **values})


def test_even_a_superuser_only_looks_at_the_ledger(client, alice, held):
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    for where, row in ((ENTRIES, Entry.objects.get(kind="hold")), (HOLDS, held), (ACCOUNTS, account_of(alice))):
        assert client.get(where).status_code == 200
        assert client.get(f"{where}{row.pk}/change/").status_code == 200
        for url in (f"{where}add/", f"{where}{row.pk}/delete/"):
            assert client.get(url).status_code == client.post(url, {"post": "yes"}).status_code == 403
        assert client.post(f"{where}{row.pk}/change/", {"amount": 1, "change": 1, "balance": 9}).status_code == 403
        gone = client.post(where, {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
        assert gone.status_code == 403
    assert (account_of(alice).balance, account_of(alice).held, Entry.objects.count()) == (100, 30, 2)


def test_a_person_in_the_ledger_is_not_deleted(client, alice):
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    assert client.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=alice.pk).exists()


def test_a_grant_is_booked_with_reason_and_actor_and_audited(client, treasurer, alice):
    assert grant(client, alice)["Location"] == ACCOUNTS
    entry = Entry.objects.of_kind("grant").get()
    assert (entry.change, entry.reason, entry.actor, entry.spendable_after) == (50, "a good month", treasurer, 150)
    event = AuditEvent.objects.get(name="credits.grant")
    assert (event.actor, event.target, event.data["amount"], event.ip) == (treasurer, "alice", 50, "127.0.0.1")


def test_the_same_form_sent_twice_books_once(client, treasurer, alice):
    grant(client, alice)
    assert grant(client, alice).status_code == 302
    assert account_of(alice).balance == 150


def test_a_correction_may_take_credits_back_but_no_more_than_there_are(client, treasurer, alice):
    grant(client, alice, what="correction", amount="-40", reason="granted twice")
    assert Entry.objects.of_kind("adjust").get().change == -40
    page = grant(client, alice, what="correction", amount="-61", once="b" * 22)
    assert page.status_code == 422
    assert "1 credit is missing" in page.text
    assert account_of(alice).balance == 60


def test_several_people_get_it_or_nobody(client, treasurer, alice, bob):
    assert grant(client, alice, bob).status_code == 302
    assert (account_of(alice).balance, account_of(bob).balance) == (150, 50)
    refused = grant(client, alice, bob, what="correction", amount="-60", once="b" * 22)
    assert refused.status_code == 422
    assert (account_of(alice).balance, account_of(bob).balance) == (150, 50)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "   "},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "1.5"},
        {"amount": "9" * 30},
        {"amount": "many"},
        {"what": "hold"},
        {"once": ""},
    ],
)
def test_a_wrong_form_books_nothing(client, treasurer, alice, wrong):
    assert grant(client, alice, **wrong).status_code == 422
    assert account_of(alice).balance == 100


def test_staff_without_the_permission_get_403_on_each_way(client, operator, alice):
    log_in(client, operator, "view_entry", "view_account")
    chosen = {"action": "grant_credits", "_selected_action": account_of(alice).pk}
    assert client.get(GRANT).status_code == grant(client, alice).status_code == 403
    assert client.post(ACCOUNTS, chosen).status_code == 403
    assert account_of(alice).balance == 100


@pytest.mark.parametrize("url", [ENTRIES, HOLDS, ACCOUNTS, GRANT])
def test_members_and_strangers_stay_out(client, alice, url):
    assert client.get(url)["Location"].startswith("/accounts/login/")
    client.force_login(alice)
    assert client.get(url).status_code == 403


def test_the_action_and_the_link_lead_to_the_form(client, treasurer, alice, bob):
    chosen = [account_of(alice).pk, account_of(bob).pk]
    page = client.post(ACCOUNTS, {"action": "grant_credits", "_selected_action": chosen}, follow=True)
    assert "alice, 100 to spend" in page.text
    assert "bob, 0 to spend" in page.text
    assert re.search(r'name="once" value="[A-Za-z0-9]{22}"', page.text)
    assert f"{GRANT}?_selected_action={chosen[0]}" in client.get(ACCOUNTS).text
    assert "Choose one or more people" in client.get(GRANT).text


def test_somebody_who_was_invited_and_never_came_can_be_granted_to(client, treasurer, settings):
    settings.OPENING_CREDITS = 500
    mina = User.objects.create_user("mina")
    assert "mina" in client.get(ACCOUNTS).text
    grant(client, mina)
    assert account_of(mina).spendable == 550


def test_what_people_wrote_is_escaped(client, treasurer, alice):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    grant(client, alice, reason=evil)
    entry = Entry.objects.of_kind("grant").get()
    User.objects.filter(pk=alice.pk).update(username=evil)
    for url in (ENTRIES, ACCOUNTS, f"{ENTRIES}{entry.pk}/change/", f"{GRANT}?_selected_action={entry.account_id}"):
        text = client.get(url).text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert(1)" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize(
    "term", ["alice", "job:1:hold", "0b5c0c9e-9a0e-4f6e-8f0a-0d8e8a5b1c11", "0B5C0C9E9A0E4F6E8F0A0D8E8A5B1C11"]
)
def test_entries_are_found_by_person_key_and_job(client, treasurer, alice, bob, term):
    services.hold(user=alice, amount=3, key="job:1:hold", reference="0b5c0c9e-9a0e-4f6e-8f0a-0d8e8a5b1c11", seconds=60)
    services.grant(user=bob, amount=1, reason="gift", actor=None)
    page = client.get(ENTRIES, {"q": term})
    assert {entry.account.user for entry in page.context["cl"].queryset} == {alice}


def test_entries_are_found_by_number_and_account(client, treasurer, alice, bob):
    entry = services.grant(user=bob, amount=1, reason="gift", actor=None)
    assert list(client.get(ENTRIES, {"q": str(entry.number)}).context["cl"].queryset) == [entry]
    listed = client.get(ENTRIES, {"account__id__exact": entry.account_id})
    assert list(listed.context["cl"].queryset) == [entry]
    assert client.get(ENTRIES, {"q": "9" * 40}).status_code == 200


def test_a_long_list_is_not_counted_to_its_end(client, treasurer, alice, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(paging, "COUNTED", 60)
    for n in range(70):
        services.grant(user=alice, amount=1, reason="gift", actor=None, key=str(n))
    with django_assert_max_num_queries(10) as queries:
        page = client.get(ENTRIES)
    assert page.context["cl"].result_count == 60
    assert not any("COUNT(" in query["sql"] and "LIMIT 60" not in query["sql"] for query in queries.captured_queries)
