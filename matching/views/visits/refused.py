"""Why a step with a visit cannot be taken, in words for whoever pressed."""

from directory.accounts.models import User
from directory.accounts.policy import allowed
from directory.accounts.roles import Permission
from directory.states import WrongState
from matching.eligibility import EXPLANATIONS
from matching.views.typed import words_of_error


def why(error: WrongState, by: User) -> str:
    """The reasons, for the coordinators: some of them tell of the other one's record."""
    codes = getattr(error, "codes", ())
    if not codes:
        return words_of_error(error)
    reasons = [EXPLANATIONS[code].means for code in codes] if allowed(by, Permission.MATCH) else ["A coordinator can say why."]
    return " ".join([str(error), *reasons])
