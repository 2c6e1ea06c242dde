"""What the template's one parameter, ExpectedPeople, sets: a row of settings for each size of contest.

    python -m infra.expected      # prints the rows and the quotas to ask AWS for

The most that can happen, by the page's own pace: everybody sits at once and saves every 30 to 35 s; a quarter
comes in the first three seconds of a week, spread over the 15 s of the rush; a fifth hands in when the week
ends, spread over 6.5 s. `make spike` plays it (docs/capacity.md).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

SIZES = (20_000, 50_000, 100_000, 200_000, 400_000)
PLATFORM = Path(__file__).resolve().parent / "platform.toml"


def limits() -> dict[str, Any]:
    """The platform's limits by name (``infra/platform.toml``)."""
    table = tomllib.loads(PLATFORM.read_text(encoding="utf-8"))
    return {name: row["value"] for name, row in table["limits"].items()}


def expected(people: int) -> dict[str, int]:
    """The settings for so many people: requests and write units a second, MB.

    The gateway limits each route by itself; only the account's limit holds for all together. So beginnings are
    kept low enough that hand-ins and saves have room below it, and those that come first are the lowest.
    """
    account = limits()
    rate = gateway_rate(people)
    # Half as much again as needed: the shards of a week do not lie evenly on the partitions.
    entries = max(account["new_table_writes"], people * 2 // 25)
    return {
        "ApiRate": rate,
        "ApiBurst": rate // 2,
        "StartRate": min(rate // 2, entries * 3 // 4),
        "SignInRate": rate // 6,
        "RegistrationRate": rate // 10,
        "EntriesWrites": entries,
        # A sign-in from a new place is two writes, a registration three; half as much again, as above.
        "ParticipantsWrites": max(account["new_table_writes"], people // 20),
        "Memory": 1024,
    }


def gateway_rate(people: int) -> int:
    """Requests a second of the whole account: a sixth is a quarter of the people in the 15 s of the rush."""
    return int(max(limits()["gateway_rate"], people // 10))


def of_an_address(people: int) -> dict[str, int]:
    """Limits in five minutes for one address (`infra/waf.yaml`), behind which a twentieth sit, 5,000 at least.

    Each of them loads the page, waits with it for five minutes, which reads the dates every ten seconds, signs
    in, perhaps twice, and begins: some 80 requests, and half as much again. Who registers is asked for a proof
    of work, and sends the form again. The function brakes who guesses.
    """
    office = max(5_000, people // 20)
    return {"Registrations": 3 * office, "SignIns": 2 * office, "Requests": 120 * office}


def quotas(people: int) -> dict[str, int]:
    """What the account has to allow, by name in ``infra/platform.toml``; where it allows less, ask for it."""
    return {
        "gateway_rate": gateway_rate(people),
        "lambda_concurrency": max(1_000, people // 100),
        "table_writes": max(limits()["table_writes"], expected(people)["EntriesWrites"]),
    }


def mapping() -> dict[str, dict[str, int]]:
    """For the template's ``Mappings``: a row for each of ``SIZES``."""
    return {str(people): expected(people) for people in SIZES}


def main() -> None:
    """Prints a table."""
    for people in SIZES:
        print(f"{people:,} people")
        for name, value in expected(people).items():
            print(f"  {name:<20} {value:>7,}")
        for name, value in quotas(people).items():
            print(f"  quota {name:<14} {value:>7,}")


if __name__ == "__main__":
    main()
