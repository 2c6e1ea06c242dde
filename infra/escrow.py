"""Keeps the secrets of a contest in a sealed file, for the day on which stack, region or account are gone.

python -m infra.escrow keys.sealed --stage prod           writes the file and prints its key, once
python -m infra.escrow keys.sealed --check --stage prod   asks for the key; is everything still in it?

The file opens by a key of 25 letters and digits, which is written on paper and kept apart from it, by somebody
else. Whoever has both can forge receipts and read names, citizen IDs and phones of all participants.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import json
import os
import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from chalicelib.storage.data_key import CONTEXT, DATA_KEY
from chalicelib.storage.pointers import Pointers
from infra.place import Place, place_of, say_where

FORMAT = "cuoc-thi/escrow/1"
KEY_VARIABLE = "ESCROW_KEY"
# Crockford's: no I, L, O, U. 25 of 32 are 125 bits, which nobody guesses, so no slow derivation is needed.
_LETTERS = "".join(sorted({*digits, *ascii_uppercase} - set("ILOU")))
_LENGTH, _GROUP = 25, 5
_READ_AS = str.maketrans("ILO", "110", "- \t")


class WrongKey(Exception):
    """The file does not open: another key, or the file was changed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """``secrets`` by the functions' names for them; ``data_key``: 32 bytes, None before the first contest."""

    secrets: dict[str, str]
    data_key: bytes | None


def new_key() -> str:
    """In groups of five, as it is written down."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def seal(keys: Keys, key: str, now: datetime) -> bytes:
    """The file."""
    data_key = base64.b64encode(keys.data_key).decode() if keys.data_key else None
    text = json.dumps({"secrets": keys.secrets, "data_key": data_key}).encode()
    sealed = base64.b64encode(_box(key).encrypt(text)).decode()
    made = now.isoformat(timespec="seconds")
    return json.dumps({"format": FORMAT, "made_at": made, "sealed": sealed}, indent=1).encode() + b"\n"


def unseal(file: bytes, key: str) -> Keys:
    """Raises ``WrongKey``, and ``ValueError`` for what is no such file."""
    try:
        written = json.loads(file)
        sealed = base64.b64decode(written["sealed"]) if written["format"] == FORMAT else None
    except (ValueError, TypeError, KeyError):
        sealed = None
    if sealed is None:
        raise ValueError("this is no file of `make escrow`")
    try:
        opened = json.loads(_box(key).decrypt(sealed))
    except (CryptoError, ValueError):
        raise WrongKey("the file does not open by this key, or was changed") from None
    data_key = opened["data_key"]
    return Keys(opened["secrets"], base64.b64decode(data_key) if data_key else None)


def _box(key: str) -> SecretBox:
    """Small letters, other dashes and mistaken letters are read as meant."""
    return SecretBox(sha256(key.upper().translate(_READ_AS).encode()).digest())


def keys_of(at: Place) -> Keys:
    """As the stack has them now."""
    manager = at.client("secretsmanager")
    values = {
        name: str(manager.get_secret_value(SecretId=secret)["SecretString"])
        for name, secret in at.secrets.items()
    }
    stored = Pointers(at.client("dynamodb"), at.tables["tallies"]).get(DATA_KEY)
    return Keys(values, None if stored is None else open_data_key(at.client("kms"), stored))


def open_data_key(kms: Any, stored: bytes) -> bytes:
    """Raises ``ClientError`` where KMS has not the key that opens it, as in another account."""
    blob = base64.b64decode(json.loads(stored)["encrypted"])
    opened: bytes = kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"]
    return opened


def lacking(sealed: Keys, now: Keys) -> list[str]:
    """What the file does not hold as it is now."""
    wrong = [name for name, value in now.secrets.items() if sealed.secrets.get(name) != value]
    return [*wrong, *(["DATA_KEY"] if now.data_key != sealed.data_key else [])]


def ask_key() -> str:
    """From the environment, else from the keyboard."""
    return os.environ.get(KEY_VARIABLE) or getpass.getpass("Key of the file (25 letters and digits): ")


def main() -> None:
    """Exits with 1 if the file cannot be written, does not open, or lacks something."""
    parser = argparse.ArgumentParser(prog="python -m infra.escrow", description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true", help="compare an existing file with the stack")
    say_where(parser)
    options = parser.parse_args()
    try:
        now = keys_of(place_of(options))
        if options.check:
            missing = lacking(unseal(options.file.read_bytes(), ask_key()), now)
            if missing:
                sys.exit(f"Not as it is now: {', '.join(missing)}. Make a new file: make escrow TO=…")
            print(f"The file opens; all {len(now.secrets)} secrets and the data key in it are those in use.")
            return
        key = new_key()
        with options.file.open("xb") as file:
            options.file.chmod(0o600)
            file.write(seal(now, key, datetime.now(UTC)))
    except FileExistsError:
        sys.exit(f"{options.file} exists already; take another name.")
    except (OSError, ValueError, WrongKey, ClientError, BotoCoreError) as error:
        sys.exit(f"Not done. {error}")
    if now.data_key is None:
        print("No contest has been loaded yet, so there is no data key: make the file again afterwards.")
    print(
        f"{options.file} is written. Its key, shown this once (write it on paper, keep it apart):\n\n  {key}\n"
    )


if __name__ == "__main__":
    main()
