"""The OpenAPI document, for everybody."""

from drf_spectacular.views import SpectacularJSONAPIView

from directory.accounts.doors import PUBLIC, door


@door(PUBLIC)
class Schema(SpectacularJSONAPIView):
    """GET /api/v1/schema/ as JSON."""
