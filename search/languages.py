"""Names of languages: a code or another spelling, and the name under which a language is filtered."""

from search import tokens

_CODES = {
    "ar": "arabic",
    "bn": "bengali",
    "bfi": "bsl",
    "bangla": "bengali",
    "british sign language": "bsl",
    "british sign language bsl": "bsl",
    "bsl british sign language": "bsl",
    "cy": "welsh",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fa": "farsi",
    "persian": "farsi",
    "fr": "french",
    "gu": "gujarati",
    "gujerati": "gujarati",
    "hi": "hindi",
    "hu": "hungarian",
    "it": "italian",
    "ku": "kurdish",
    "lt": "lithuanian",
    "lv": "latvian",
    "pa": "punjabi",
    "panjabi": "punjabi",
    "pl": "polish",
    "ps": "pashto",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sign language": "bsl",
    "sk": "slovak",
    "so": "somali",
    "ti": "tigrinya",
    "uk": "ukrainian",
    "ur": "urdu",
}

# Every language by its name, for finding one in a sentence.
LANGUAGES = frozenset(name.replace(" ", "-") for name in _CODES.values()) | {
    "albanian", "amharic", "bulgarian", "cantonese", "czech", "dutch", "greek", "hindko", "kashmiri", "mandarin", "mirpuri", "nepali", "pahari",
    "sylheti", "tamil", "turkish", "vietnamese",
}  # fmt: skip


def language_slug(name: str) -> str:
    """One spelling of a language's name or code, hyphens for blanks; what is not known stays as it was given."""
    words = " ".join(tokens.split(name))
    return _CODES.get(words, words).replace(" ", "-")
