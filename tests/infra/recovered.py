"""A stack on moto that may lose everything, and functions of which only the calls matter."""

from __future__ import annotations

import base64
import json
from typing import Any

import boto3

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.storage.data_key import CONTEXT, DATA_KEY
from chalicelib.storage.pointers import Pointers
from infra.place import FUNCTIONS, Place
from tests.tables import make_table

REGION = "ap-southeast-1"
SECRETS = ("PEPPER_SECRET", "ENTRY_SECRET", "TOKEN_SECRET")


class Functions:
    """Lambda and CloudFormation's parameters, as far as halting asks for them."""

    def __init__(self, tally: str = "0") -> None:
        self.concurrency: dict[str, int] = {}
        self.readers: list[dict[str, Any]] = [
            {"UUID": "1", "EventSourceArn": "arn:old", "State": "Enabled", "BatchSize": 1000}
        ]
        self._tally = tally

    def list_event_source_mappings(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803  its name in boto3
        assert FunctionName.endswith("-tally")
        return {"EventSourceMappings": [dict(one) for one in self.readers]}

    def update_event_source_mapping(self, UUID: str, Enabled: bool) -> None:  # noqa: N803, FBT001
        for one in self.readers:
            if one["UUID"] == UUID:
                one["State"] = "Enabled" if Enabled else "Disabled"

    def create_event_source_mapping(self, FunctionName: str, Enabled: bool, **given: Any) -> None:  # noqa: N803, FBT001
        assert FunctionName.endswith("-tally")
        number = str(len(self.readers) + 1)
        self.readers.append({"UUID": number, "State": "Enabled" if Enabled else "Disabled", **given})

    def delete_event_source_mapping(self, UUID: str) -> None:  # noqa: N803
        self.readers = [one for one in self.readers if one["UUID"] != UUID]

    def put_function_concurrency(self, FunctionName: str, ReservedConcurrentExecutions: int) -> None:  # noqa: N803
        self.concurrency[FunctionName] = ReservedConcurrentExecutions

    def delete_function_concurrency(self, FunctionName: str) -> None:  # noqa: N803
        self.concurrency.pop(FunctionName, None)

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {
            "Stacks": [{"Parameters": [{"ParameterKey": "TallyConcurrency", "ParameterValue": self._tally}]}]
        }

    @property
    def halted(self) -> bool:
        stopped = [name for name, most in self.concurrency.items() if most == 0]
        return len(stopped) == len(FUNCTIONS) and {one["State"] for one in self.readers} == {"Disabled"}


class Cloud:
    """A stack of this name in one account; two of them share moto's account, not their names."""

    def __init__(self, stack: str = "old") -> None:
        self.functions = Functions()
        kms = boto3.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
        secrets = boto3.client("secretsmanager", REGION)
        dynamodb = boto3.client("dynamodb", REGION)
        made = {
            name: secrets.create_secret(Name=f"{stack}-{name}", SecretString=f"{stack}'s {name}")["ARN"]
            for name in SECRETS
        }
        tables = {name: f"{stack}-{name}" for name in ("participants", "entries", "tallies")}
        self.at = Place(stack, self.client, f"{stack}-desk", f"{stack}-site", tables, made, kms, 0)
        make_table(dynamodb, tables["participants"], "id")
        make_table(dynamodb, tables["entries"], "pk", "sk")
        make_table(dynamodb, tables["tallies"], "id")
        self.pointers = Pointers(dynamodb, tables["tallies"])
        self.s3, self.dynamodb = boto3.client("s3", REGION), dynamodb
        for bucket in (self.at.desk, self.at.site):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def client(self, service: str, region: str | None = None) -> Any:
        if service in {"lambda", "cloudformation"}:
            return self.functions
        return boto3.client(service, region_name=region or REGION)

    def play(self, people: int = 30) -> None:
        """A contest with people, files and a data key."""
        for number in range(people):
            self.item("participants", id={"S": f"{number:020x}"})
            self.item("entries", pk={"S": f"w1#{number:02x}"}, sk={"S": f"{number:020x}"})
        for key in ("live#1", "pointers/parts/week-1/x/00", "week-1"):
            self.item("tallies", id={"S": key})
        self.pointers.put(CURRENT, b"the contest")
        self.pointers.put("pointers/receipt-keys", b"old keys")
        made = boto3.client("kms", REGION).generate_data_key_without_plaintext(
            KeyId=self.at.kms_key, KeySpec="AES_256", EncryptionContext=CONTEXT
        )
        encrypted = base64.b64encode(made["CiphertextBlob"]).decode()
        self.pointers.put(DATA_KEY, json.dumps({"encrypted": encrypted}).encode())
        for key in ("results/week-1/manifest.json", "inbox/kept/account/units.csv", "read/x", "parts/y"):
            self.s3.put_object(Bucket=self.at.desk, Key=key, Body=key.encode())
        self.s3.put_object(Bucket=self.at.site, Key="data/contest.json", Body=b"{}")
        self.s3.put_object(Bucket=self.at.site, Key="index.html", Body=b"the page")

    def item(self, table: str, **item: Any) -> None:
        self.dynamodb.put_item(TableName=self.at.tables[table], Item=item)

    def items(self, table: str) -> list[str]:
        found = self.dynamodb.scan(TableName=self.at.tables[table])["Items"]
        return sorted(item.get("id", item.get("sk"))["S"] for item in found)

    def keys(self, bucket: str) -> list[str]:
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    def secret(self, name: str) -> str:
        manager = boto3.client("secretsmanager", REGION)
        return str(manager.get_secret_value(SecretId=self.at.secrets[name])["SecretString"])
