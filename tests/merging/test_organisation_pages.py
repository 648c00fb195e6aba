"""The pages on which organisations are merged, and on which any two are found: for moderators alone, and nothing done by looking."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory import listings
from directory.accounts.models import User
from directory.accounts.roles import Role
from directory.journal.heads import head
from directory.merging.models import Merge, OrganisationMerge, OrganisationPair
from directory.merging.organisation_doubles import propose
from directory.merging.organisation_merges import mark_of, merge
from directory.models import Membership, Organisation, Service
from directory.organisations import set_organisation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(system: User) -> tuple[Organisation, Organisation]:
    one = listings.create_organisation(by=system, name="Age Well", phone="01484 223197")
    return one, listings.create_organisation(by=system, name="Age Well", url="https://agewell.example/")


def sent(keep: Organisation, drop: Organisation, **more: str) -> dict[str, str]:
    return {"keep": str(keep.pk), "keep-mark": mark_of(keep), "drop-mark": mark_of(drop), "choice-url": "drop", **more}


def test_from_the_list_to_one_organisation_and_back(client: Client, two: tuple[Organisation, Organisation], editor: User) -> None:
    keep, drop = two
    propose()
    client.force_login(editor)
    pair = OrganisationPair.objects.get()
    page = reverse("organisation-merge", args=[pair.first_id, pair.second_id])
    assert page in client.get(reverse("organisation-pairs")).content.decode()
    before = head()
    shown = client.get(page, {"keep": str(keep.pk)}).content.decode()
    assert 'name="choice-url" id="url-drop" value="drop" checked' in shown
    assert head() == before
    answer = client.post(page, sent(keep, drop), follow=True)
    assert answer.redirect_chain == [(reverse("organisation-merges"), 302)]
    assert "Taken over: Web address" in answer.content.decode()
    keep.refresh_from_db()
    assert keep.url == "https://agewell.example/"
    assert client.get(page).status_code == 404
    assert page not in client.get(reverse("organisation-pairs")).content.decode()
    client.post(reverse("organisation-merge-part", args=[OrganisationMerge.objects.get().pk]))
    drop.refresh_from_db()
    assert drop.replaced_by is None


def test_what_the_page_says_before_anything_is_done(client: Client, two: tuple[Organisation, Organisation], editor: User) -> None:
    keep, drop = two
    for organisation, name in ((keep, "Ann Archer"), (drop, "Bob Baker")):
        user = factories.user(Role.PARTNER, name=name)
        Membership.objects.create(organisation=organisation, user=user, part=Membership.Part.LEAD)
    client.force_login(editor)
    page = reverse("organisation-merge", args=[keep.pk, drop.pk])
    shown = client.get(page).content.decode()
    assert "Ann Archer (lead)" in shown
    assert "Bob Baker (lead)" in shown
    refused = client.post(page, sent(keep, drop))
    assert (refused.status_code, "Ask those who keep them" in refused.content.decode()) == (400, True)
    old = sent(keep, drop, groups_agreed="on")
    set_organisation(drop, {"phone": "01484 000000"}, by=editor)
    assert "changed meanwhile" in client.post(page, old).content.decode()
    assert client.post(page, {"keep": str(keep.pk)}).status_code == 400
    assert not OrganisationMerge.objects.exists()
    drop.refresh_from_db()
    assert client.post(page, sent(keep, drop, groups_agreed="on")).status_code == 302


def test_two_organisations(client: Client, two: tuple[Organisation, Organisation], editor: User) -> None:
    propose()
    client.force_login(editor)
    pair = OrganisationPair.objects.get()
    client.post(reverse("organisation-pair-different", args=[pair.pk]))
    pair.refresh_from_db()
    assert pair.state == "different"
    assert "nothing to decide" in client.get(reverse("organisation-pairs")).content.decode()


def test_any_two_listings_that_nobody_proposed(client: Client, keep: Service, drop: Service, editor: User) -> None:
    client.force_login(editor)
    page = reverse("merge-any")
    assert f'value="{keep.pk}"' in client.get(page, {"q": "club"}).content.decode()
    shown = client.get(page, {"q": "chapel friends", "pick": str(keep.pk)}).content.decode()
    assert f'value="{keep.pk}" checked' in shown
    assert f'value="{drop.pk}">' in shown
    assert f'value="{drop.pk}">' in client.get(page, {"q": f"https://x.example{drop.get_absolute_url()}"}).content.decode()
    one_alone = client.get(page, {"pick": str(keep.pk), "look": "both"})
    assert "Tick two" in one_alone.content.decode()
    answer = client.get(page, {"pick": [str(keep.pk), str(drop.pk), "x"], "look": "both"})
    assert answer.status_code == 302
    there = client.get(answer["Location"], {"keep": str(keep.pk)})
    assert "They are two services" not in there.content.decode()
    versions = {"keep": str(keep.pk), "keep-version": str(keep.version), "drop-version": str(drop.version), "do": "merge"}
    assert client.post(answer["Location"], versions).status_code == 302
    assert Merge.objects.get().kept == keep
    assert client.get(answer["Location"]).status_code == 404


def test_any_two_organisations(client: Client, two: tuple[Organisation, Organisation], editor: User) -> None:
    client.force_login(editor)
    page = reverse("merge-any")
    shown = client.get(page, {"of": "organisations", "q": "age well"}).content.decode()
    assert all(f'value="{each.pk}"' in shown for each in two)
    answer = client.get(page, {"of": "organisations", "pick": [str(each.pk) for each in two], "look": "both"})
    assert answer["Location"].startswith("/admin/organisations/merge/")
    assert client.get(answer["Location"]).status_code == 200
    merge(*two, {}, by=editor)
    assert f'value="{two[1].pk}"' not in client.get(page, {"of": "organisations", "q": "age well"}).content.decode()


def test_the_pages_ask_few_questions_however_much_is_on_them(client: Client, system: User, editor: User) -> None:
    for number in range(12):
        for name in (f"Group {number}", f"The Group {number}"):
            group = listings.create_organisation(by=system, name=name)
            listings.create_service(group, by=system, name=f"Tea {number}", summary="Tea.")
    assert propose() == 12
    merge(*Organisation.objects.filter(name__endswith="Group 11"), {}, by=editor)
    client.force_login(editor)
    addresses = [reverse("organisation-pairs"), reverse("organisation-merges"), reverse("merge-any") + "?q=tea"]
    one, other = Organisation.objects.filter(name__endswith="Group 3")
    addresses += [reverse("merge-any") + "?q=group&of=organisations", reverse("organisation-merge", args=[one.pk, other.pk])]
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        # The two sides of a merge are asked one after the other; nothing hangs on how much there is.
        assert len(queries) <= (25 if "merge/" in address else 15), address


def test_whoever_kept_the_old_page_is_led_to_the_new_one(client: Client, two: tuple[Organisation, Organisation], editor: User) -> None:
    keep, drop = two
    user = factories.user(Role.PARTNER)
    Membership.objects.create(organisation=drop, user=user, part=Membership.Part.LEAD)
    merge(keep, drop, {}, by=editor)
    client.force_login(user)
    answer = client.get(reverse("partner-group", args=[drop.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("partner-group", args=[keep.pk]))
    client.force_login(factories.user(Role.PARTNER))
    assert client.get(reverse("partner-group", args=[drop.pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR, Role.PERSON])
def test_nobody_else_comes_in(client: Client, two: tuple[Organisation, Organisation], role: Role) -> None:
    client.force_login(factories.user(role))
    both = [each.pk for each in two]
    paths = [reverse(name) for name in ("organisation-pairs", "organisation-merges", "merge-any")]
    paths += [reverse(name, args=both) for name in ("organisation-merge", "listings-merge")]
    paths += [reverse(name, args=both[:1]) for name in ("organisation-merge-part", "organisation-pair-different")]
    for path in paths:
        for answer in (client.get(path), client.post(path, sent(*two))):
            assert answer.status_code == 403 or answer["Location"].startswith("/admin/login/")
    assert not OrganisationMerge.objects.exists()
