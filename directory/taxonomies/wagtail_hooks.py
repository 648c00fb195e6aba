"""What other vocabularies add to the editors' admin."""

from wagtail.snippets.models import register_snippet

from directory.taxonomies.snippets import VocabulariesGroup

register_snippet(VocabulariesGroup)
