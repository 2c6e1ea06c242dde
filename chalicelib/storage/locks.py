"""Which objects of the desk are locked for some days as they are put: S3's Object Lock in governance mode.

Only what is never written again under its key and names no person: participant ids say nothing once the key is
destroyed. Everything else of a revision is held to its bytes by the manifest. Who ends a contest may bypass it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

LOCKED = re.compile(
    r"""results/[^/]+/rev-\d+/(?: manifest\.json | closed_week\.json | ranking_rows\.jsonl\.gz
                             | individual_ranking\.csv\.gz | unit_ranking\.csv | question_statistics\.csv )
      | reference/contest/[0-9a-f]+\.json""",
    re.VERBOSE,
)


def lock(key: str, days: int) -> dict[str, Any]:
    """What a put says of it; nothing where ``days`` is 0."""
    if not days or not LOCKED.fullmatch(key):
        return {}
    return {
        "ObjectLockMode": "GOVERNANCE",
        "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=days),
    }
