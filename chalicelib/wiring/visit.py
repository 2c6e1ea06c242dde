"""A visitor each minute, from outside: through the public address, with no rights at all."""

from __future__ import annotations

from chalicelib.services.publishing.watch import visit
from chalicelib.storage.visitor_http import get
from chalicelib.wiring.aws import now_ms
from chalicelib.wiring.environment import VisitingEnvironment, read


def visit_site() -> None:
    """Raises ``Broken`` if page, contest, health or log are not as people need them."""
    site = read(VisitingEnvironment).site_url
    visit(lambda path: get(site + path), now_ms())
