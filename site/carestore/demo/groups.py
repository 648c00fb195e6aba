"""The demonstration's services: real ones from public pages, and a few invented groups that are vetted and have log-ins."""

from datetime import date, timedelta

from carestore.demo.cast import HERE, read
from directory import clock
from directory.accounts.models import User
from directory.accounts.system import system_user
from directory.imports import import_listings
from directory.listings import mark_checked, set_fields
from directory.models import Organisation, Service
from directory.moderation import propose
from directory.organisations import add_member, see_vetting, set_organisation


def load_services() -> int:
    """Both files; how many services there are then. Raises RuntimeError where a row of them is bad."""
    for name in ("services.csv", "invented_services.csv"):
        report = import_listings(HERE / name, by=system_user(), source="demo")
        if report.bad:
            raise RuntimeError("; ".join(report.lines()))
    return Service.objects.count()


def service_of(key: str) -> Service:
    """A service by its id in the files."""
    return Service.objects.select_related("organisation").get(source_id=key)


def settle_groups(users: dict[str, User]) -> None:
    """Vetting and members of the invented groups, places left, and which services are the co-op's own."""
    data, admin = read("organisations.json"), users["admin"]
    today = clock.today()
    logins = {row["organisation"]: row for row in read("logins.json")["logins"] if "organisation" in row}
    for row in data["organisations"]:
        organisation = Organisation.objects.get(name=row["name"])
        oldest = max(row["seen_days_ago"].values())
        values = {"kind": row["kind"], "description": row["description"], "phone": row["phone"], "email": row["email"], "demo": True}
        set_organisation(organisation, values, by=admin)
        organisation = see_vetting(
            organisation, by=admin, seen_on=_ago(today, oldest), review_on=today + timedelta(days=row["review_in_days"])
        )
        if (login := logins.get(row["key"])) is not None:
            add_member(organisation, users[login["role"]], by=admin, part=login["part"])
        for service in organisation.services.all():
            set_fields(service, {"takes_referrals": True}, by=admin)
    for row in data["spaces"]:
        left = {"left": row["spaces"], "on": _ago(today, row["counted_days_ago"]).isoformat()}
        set_fields(service_of(row["service"]), {"spaces": left}, by=admin)
    for row in data["ours"]:
        set_organisation(Organisation.objects.get(name=row["organisation"]), {"ours": True}, by=admin)


def propose_edits(row: dict, users: dict[str, User]) -> None:
    """One edit by a partner; its fields wait for the moderators."""
    propose(service_of(row["service"]), row["fields"], by=users[row["by"]], note=row["note"])


def check_own_listings(users: dict[str, User]) -> None:
    """The invented groups said lately that their listings are right; one of them a good while ago."""
    for row in read("logins.json")["logins"]:
        for service in Service.objects.for_member(users[row["role"]]) if "organisation" in row else ():
            mark_checked(service, by=users[row["role"]], how=Service.CheckedHow.OWNER, on=_ago(clock.today(), 12))


def _ago(today: date, days: int) -> date:
    return today - timedelta(days=days)
