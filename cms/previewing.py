"""Which view shows an editor's page that is not live yet. Pages ask here, so that they need not know the views that read them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest, Any], HttpResponse]
_ANSWERS: dict[type, Answer] = {}


def previews(model: type) -> Callable[[Answer], Answer]:
    """This function answers with the preview of pages of this model."""

    def remember(answer: Answer) -> Answer:
        _ANSWERS[model] = answer
        return answer

    return remember


def preview(page: Any, request: HttpRequest) -> HttpResponse:
    """The preview of an unsaved page. Raises KeyError for a model that no view shows."""
    return _ANSWERS[type(page)](request, page)
