"""What people may be called here: one line, without an address. It stands in mails to others, and must not look like words of ours."""

import re

from django.core.exceptions import ValidationError

# "care.example/gift", "https://…" and "me@there.example" become links in a mail; "J. R. Holroyd-O'Neill" does not.
_ADDRESS = re.compile(r"://|@|\w\.\w{2,}")


def clean_name(text: str) -> str:
    """The name in one line; "" where there is none. Raises ValidationError for what holds a web or mail address."""
    name = " ".join(text.replace("\0", "").split())
    if _ADDRESS.search(name):
        raise ValidationError("Write the name alone, without a web or mail address.")
    return name
