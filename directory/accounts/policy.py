"""The whole policy on one page: which role may do what, and to which objects.

Each room registers how its objects answer the question "how does this user stand to you?" (`answers_relation`); this module knows no room.
Deny by default: a permission that a role does not name, or names with relations that the user does not have, is refused.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model

from directory.accounts.roles import Permission, Relation, Role

ANY = frozenset({Relation.ANY})
OWNER = frozenset({Relation.OWNER})


def _to(*relations: Relation) -> frozenset[Relation]:
    return frozenset(relations)


POLICY: dict[Role, dict[Permission, frozenset[Relation]]] = {
    # Own requests, agreement and data.
    Role.PERSON: {
        Permission.SEE_REFERRAL: _to(Relation.SELF),
        Permission.SEND_REFERRAL: _to(Relation.SELF),
        Permission.SEE_PERSON: _to(Relation.SELF),
    },
    # What the person or the law lets them see; family may prepare, never send.
    Role.FAMILY: {
        Permission.PREPARE_REFERRAL: _to(Relation.FAMILY),
        Permission.SEE_REFERRAL: _to(Relation.FAMILY),
    },
    # Own offers, people and hours.
    Role.VOLUNTEER: {Permission.VOLUNTEER: _to(Relation.VOLUNTEER)},
    # Edits its own organisations' listings, answers its referrals, may prepare one.
    Role.PARTNER: {
        Permission.EDIT_LISTINGS: OWNER,
        Permission.PREPARE_REFERRAL: ANY,
        Permission.SEE_REFERRAL: _to(Relation.PROV, Relation.PREPARER),
        Permission.ANSWER_REFERRALS: _to(Relation.PROV),
    },
    # May prepare a referral and follow what they prepared.
    Role.CARE_WORKER: {
        Permission.USE_DESK: ANY,
        Permission.PREPARE_REFERRAL: ANY,
        Permission.SEE_REFERRAL: _to(Relation.PREPARER),
    },
    # Casework and matching: every person whom the co-op helps.
    Role.COORDINATOR: {
        Permission.USE_DESK: ANY,
        Permission.KEEP_RECORDS: ANY,
        Permission.SEE_PERSON: ANY,
        Permission.MATCH: ANY,
        Permission.PREPARE_REFERRAL: ANY,
        Permission.SEND_REFERRAL: _to(Relation.STAFF, Relation.COORD),
        Permission.SEE_REFERRAL: ANY,
        Permission.ANSWER_REFERRALS: _to(Relation.COORD),
        Permission.SEE_FIGURES: ANY,
    },
    # Concerns; nobody else but the deputy sees them.
    Role.SAFEGUARDING_LEAD: {Permission.USE_DESK: ANY},
    # Refers in, sees its own referrals and the people it brought in.
    Role.COUNCIL_REFERRER: {
        Permission.REFER_IN: ANY,
        Permission.PREPARE_REFERRAL: ANY,
        Permission.SEND_REFERRAL: _to(Relation.STAFF),
        Permission.SEE_REFERRAL: _to(Relation.STAFF),
    },
    # Published figures only.
    Role.ANALYST: {Permission.SEE_FIGURES: ANY},
    # Pages and moderation; never a person's record.
    Role.EDITOR: {Permission.EDIT_PAGES: ANY, Permission.MODERATE: ANY, Permission.EDIT_LISTINGS: ANY},
    # Roles, settings, releases; never a person's record by this role alone.
    Role.ADMINISTRATOR: {
        Permission.EDIT_PAGES: ANY,
        Permission.MODERATE: ANY,
        Permission.MANAGE_ACCOUNTS: ANY,
        Permission.SEE_FIGURES: ANY,
        Permission.PUBLISH_FIGURES: ANY,
        # By number and without seeing the person: entered in error.
        Permission.SEND_REFERRAL: _to(Relation.ADMIN),
    },
}

_answers: dict[type[Model], Callable[[Any, Any], Iterable[Relation]]] = {}


def answers_relation(model: type[Model], function: Callable[[Any, Any], Iterable[Relation]]) -> None:
    """Register how objects of one model stand to a user: function(user, object) -> relations. Once per model, in AppConfig.ready()."""
    if model in _answers and _answers[model] is not function:
        raise ValueError(f"{model.__name__} already has a function for its relations.")
    _answers[model] = function


def relations_of(user: Any, obj: Model) -> frozenset[Relation]:
    """How this user stands to this object; empty for strangers. Raises LookupError for a model that no room registered."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(_answers[type(obj)](user, obj))


def roles_of(user: Any) -> frozenset[Role]:
    """The roles of a user who is signed in and active; none for anybody else. Read once per user object."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(Role(role) for role in user.grants.values_list("role", flat=True))
    return user._roles


def allowed(user: Any, permission: Permission, obj: Model | None = None) -> bool:
    """May this user do this, to this object?

    Without an object: could there be an object at all (to open a list, whose rows are narrowed by the same relations).
    """
    wanted = [POLICY[role][permission] for role in roles_of(user) if permission in POLICY[role]]
    if not wanted or obj is None:
        return bool(wanted)
    if any(Relation.ANY in relations for relations in wanted):
        return True
    held = relations_of(user, obj)
    return any(held & relations for relations in wanted)


def require(user: Any, permission: Permission, obj: Model | None = None) -> None:
    """Raises PermissionDenied unless `allowed`."""
    if not allowed(user, permission, obj):
        raise PermissionDenied("This is not open to you.")


def role_used(user: Any, permission: Permission) -> str:
    """The code of the role by which the user may do this, for the journal: the first in the order of Role; empty when none."""
    return next((str(role) for role in Role if role in roles_of(user) and permission in POLICY[role]), "")
