"""Halts a stack before its data are restored or copied for good, and lets it go on.

python -m infra.halt --stage prod            people see “busy”, their pages keep the answers; nothing closes
python -m infra.halt --resume --stage prod   everything goes on; files sent meanwhile are taken over
"""

from __future__ import annotations

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.cloudformation import parameters_of
from infra.place import FUNCTIONS, Client, say_where, stack_of


def halt(stack: str, client: Client) -> None:
    """No function runs any more; the entries' stream waits, for a day at most."""
    for mapping in stream_readers(stack, client):
        client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    no_function(stack, client)


def resume(stack: str, client: Client) -> None:
    """Gives the functions back what the template gives them."""
    functions = client("lambda")
    tally = int(parameters_of(client("cloudformation"), stack).get("TallyConcurrency", "0"))
    for name in FUNCTIONS:
        if name == "tally" and tally:
            functions.put_function_concurrency(
                FunctionName=f"{stack}-{name}", ReservedConcurrentExecutions=tally
            )
        else:
            functions.delete_function_concurrency(FunctionName=f"{stack}-{name}")
    for mapping in stream_readers(stack, client):
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def no_function(stack: str, client: Client) -> None:
    """None may run, whoever calls it."""
    for name in FUNCTIONS:
        client("lambda").put_function_concurrency(
            FunctionName=f"{stack}-{name}", ReservedConcurrentExecutions=0
        )


def stream_readers(stack: str, client: Client) -> list[dict[str, str]]:
    """What brings the entries' stream to the function that counts."""
    found: list[dict[str, str]] = client("lambda").list_event_source_mappings(FunctionName=f"{stack}-tally")[
        "EventSourceMappings"
    ]
    return found


def main() -> None:
    """Exits with 1 if AWS refuses."""
    parser = argparse.ArgumentParser(prog="python -m infra.halt", description=__doc__.split("\n")[0])
    parser.add_argument("--resume", action="store_true", help="lets it go on")
    say_where(parser)
    options = parser.parse_args()
    stack, client = stack_of(options)
    try:
        if options.resume:
            resume(stack, client)
            print(f"{stack} goes on. Open /api/health; a week that is over closes within some minutes.")
        else:
            halt(stack, client)
            print(f"{stack} is halted: people see “busy”, nothing closes. It goes on with: make resume")
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"Not, or not wholly, done; run it again. {error}")


if __name__ == "__main__":
    main()
