"""Which activities are company, and which of them several people can share."""

# Done with several at a time, at a public place or by phone: more of the same, not something else.
GROUPABLE = frozenset(
    {"befriend-at-home", "befriend-by-phone", "bereavement-listening", "exercise-together", "outing-together", "teach-technology"}
)
# What these people share is the activity itself; for the others it is an interest.
SHARED_BY_ITSELF = frozenset({"bereavement-listening", "exercise-together", "outing-together", "teach-technology"})
