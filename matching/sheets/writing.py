"""What becomes of one row: new, changed, the same; or why not. By the same verbs as at the desk, so that nothing gets in that they refuse.

Each writer takes what a row says, who brings it in, and what could not be read of it; it raises ValidationError with all that is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from directory.accounts.models import User
from matching.asks import open_ask
from matching.eligibility import Level
from matching.models import Ask, Match, Person, Volunteer
from matching.people import correct_person, register_person
from matching.rules.activities import rules
from matching.sheets.agreed import require_whole, write_agreement
from matching.sheets.faults import Faults
from matching.sheets.pairs import bring_in_pair
from matching.states import MatchState
from matching.volunteer_states import VOLUNTEER_GONE, VolunteerStatus
from matching.volunteering.checks import check_faults, highest_allowed
from matching.volunteers import correct_volunteer, offer_activity, record_check, register_volunteer, set_status

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
Done = tuple[str, str]

# Somebody decided that they are gone, or are to be looked at again: no list from before undoes that.
_NOT_FROM = VOLUNTEER_GONE | {VolunteerStatus.CHECKING}

_AGREED = ("agreed_on", "agreed_how")
_PERSON_FACTS = ("languages", "gender", "receives_care", "needs_help_because", "animals", "smoker")
_VOLUNTEER_FACTS = ("gender", "allergies", "avoids_smoke")
_VOLUNTEER_NAMES = {
    "times": "windows",
    "miles": "max_km",
    "people": "capacity",
    "car": "has_car",
    "car_insured": "car_insurance_ok",
    "pair": "visits_in_pair",
}
_COLUMNS = {field: column for column, field in _VOLUNTEER_NAMES.items()}


def write_person(said: Mapping[str, Any], by: User, faults: Faults) -> Done:
    """A person by their number."""
    fields = {name: value for name, value in said.items() if name not in (*_PERSON_FACTS, *_AGREED, "external_id", "communication_codes")}
    facts = {name: said[name] for name in _PERSON_FACTS if name in said}
    known = Person.objects.filter(external_id=said["external_id"]).first() if "external_id" in said else None
    if known is not None and known.merged_into is not None:
        known = known.merged_into
        if known.external_id:
            # Whoever made one record of two chose what is right; the row of the other does not undo it.
            raise ValidationError(
                {"external_id": [f"Their two records are one by now, with the number {known.external_id}. Leave this row out."]}
            )
    with faults.gathered():
        require_whole(said)
    if known is None:
        _require_name(said, faults)
        contact = {"codes": said["communication_codes"]} if "communication_codes" in said else {}
        with faults.gathered():
            person = register_person(
                by=by, external_id=said.get("external_id"), facts=facts, contact=contact, name=fields.pop("name", ""), **fields
            )
        if faults:
            raise faults.refused()
        write_agreement(person, said, by=by)
        return NEW, ""
    if facts:
        fields["facts"] = {**(known.facts or {}), **facts}
    if "communication_codes" in said:
        fields["contact"] = {**(known.contact or {}), "codes": said["communication_codes"]}
    if known.do_not_contact and fields.get("do_not_contact") is False:
        faults.add("do_not_contact", "They are not to be contacted. Change this at the desk, if they wish otherwise now.")
    before, now = {name: getattr(known, name) for name in fields}, known
    with faults.gathered():
        now = correct_person(known, by=by, **fields) if fields else known
    if faults:
        raise faults.refused()
    changed = _changed(before, now)
    agreed, words = write_agreement(known, said, by=by)
    told = " ".join(part for part in (_told([*changed, *(["agreed_on"] if agreed else [])]), words) if part)
    return (CHANGED if changed or agreed else SAME), told


def write_volunteer(said: Mapping[str, Any], by: User, faults: Faults) -> Done:
    """A volunteer by their number. What they offer is added to, never taken away; nobody is removed by a spreadsheet."""
    apart = (*_VOLUNTEER_FACTS, "external_id", "status", "activities")
    fields = {_VOLUNTEER_NAMES.get(name, name): value for name, value in said.items() if name not in apart}
    facts = {name: said[name] for name in _VOLUNTEER_FACTS if name in said}
    known = Volunteer.objects.filter(external_id=said["external_id"]).first() if "external_id" in said else None
    status = said.get("status", "")
    if status in VOLUNTEER_GONE and (known is None or known.status != status):
        faults.add("status", "Who has left or was removed is not brought in; do it at the desk.")
        status = ""
    if known is None:
        _require_name(said, faults)
        more = {"status": status} if status else {}
        with faults.gathered(_COLUMNS):
            new = register_volunteer(by=by, external_id=said.get("external_id"), facts=facts, name=fields.pop("name", ""), **more, **fields)
        if faults:
            raise faults.refused()
        _offer(new, said, by)
        return NEW, ""
    if facts:
        fields["facts"] = {**(known.facts or {}), **facts}
    moved = bool(status) and status != known.status
    if moved and (known.status in _NOT_FROM or status == VolunteerStatus.ACTIVE):
        faults.add("status", "Change this at the desk, where what is missing can be seen.")
    before, now = {name: getattr(known, name) for name in fields}, known
    with faults.gathered(_COLUMNS):
        now = correct_volunteer(known, by=by, **fields) if fields else known
    if faults:
        raise faults.refused()
    changed, offered = _changed(before, now), _offer(known, said, by)
    if moved:
        set_status(known, status, by=by)
    names = [*(_COLUMNS.get(name, name) for name in changed), *(["activities"] if offered else []), *(["status"] if moved else [])]
    return (CHANGED, _told(names)) if names else (SAME, "")


def write_check(said: Mapping[str, Any], by: User, faults: Faults) -> Done:
    """A check of a volunteer; one that is older than what is written down is not taken."""
    known = _volunteer(said, faults)
    wanted: dict[str, Any] = {name: said.get(name) for name in ("level", "seen_on", "recheck_due")}
    wanted["workforce"] = said.get("workforce") or "adult"
    if known is not None and wanted == _held(known):
        return SAME, ""
    level, seen_on = wanted["level"], wanted["seen_on"]
    if level == Volunteer.Check.NONE:
        faults.add("level", "There is nothing to bring in. To forget a check, go to the volunteer's record.")
    if known is not None and seen_on is not None and known.check_seen_on is not None and known.check_seen_on > seen_on:
        faults.add("seen_on", "A newer check is written down already.")
    if None not in wanted.values():
        allowed = highest_allowed(known) if known is not None else Level(level)
        for name, texts in check_faults(allowed=allowed, **wanted).items():
            faults.add(name, *texts)
    if known is None or faults:
        raise faults.refused()
    before = known.check_level
    record_check(known, by=by, **wanted)
    return (NEW if before == Volunteer.Check.NONE else CHANGED), ""


def _held(known: Volunteer) -> dict[str, Any]:
    days = {"seen_on": known.check_seen_on, "recheck_due": known.recheck_due}
    return {"level": known.check_level, **days, "workforce": known.check_workforce or "adult"}


def write_pair(said: Mapping[str, Any], by: User, faults: Faults) -> Done:
    """Two who know each other already: a request of the person, and a match that is active."""
    volunteer = _volunteer(said, faults)
    person = Person.objects.filter(external_id=said["person"]).first() if "person" in said else None
    if person is None:
        faults.add("person", "We know nobody with this number. Bring in the people first.")
    if volunteer is None or person is None or faults:
        raise faults.refused()
    person = person.merged_into or person
    theirs = Match.objects.filter(volunteer=volunteer, ask__person=person, ask__activity=said["activity"], state=MatchState.ACTIVE)
    if theirs.exists():
        return SAME, ""
    more = {name: said[name] for name in ("minutes",) if name in said}
    ask = open_ask(
        person,
        by=by,
        need=rules()[said["activity"]].need,
        activity=said["activity"],
        often=said.get("often", Ask.Often.WEEKLY),
        windows=said.get("times", ()),
        source=Ask.Source.COORDINATOR,
        **more,
    )
    return NEW, bring_in_pair(ask, volunteer, by=by)


WRITERS: dict[str, Callable[[Mapping[str, Any], User, Faults], Done]] = {
    "people": write_person,
    "volunteers": write_volunteer,
    "checks": write_check,
    "pairs": write_pair,
}


def _volunteer(said: Mapping[str, Any], faults: Faults) -> Volunteer | None:
    row = Volunteer.objects.filter(external_id=said["volunteer"]).first() if "volunteer" in said else None
    if row is None:
        faults.add("volunteer", "We know no volunteer with this number. Bring in the volunteers first.")
    return row


def _require_name(said: Mapping[str, Any], faults: Faults) -> None:
    if not said.get("name"):
        faults.add("name", "Nobody has this number yet, so a name is needed.")


def _changed(before: Mapping[str, Any], now: Person | Volunteer) -> list[str]:
    """After the verb: what is written in another way may say the same."""
    return [name for name, value in before.items() if getattr(now, name) != value]


def _offer(volunteer: Volunteer, said: Mapping[str, Any], by: User) -> bool:
    new = set(said.get("activities", ())) - set(volunteer.activities.values_list("activity", flat=True))
    for slug in sorted(new):
        offer_activity(volunteer, slug, by=by)
    return bool(new)


def _told(names: Any) -> str:
    return ", ".join(sorted(names))
