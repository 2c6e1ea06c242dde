"""Deploys one stage to AWS: package, CloudFormation, site.

    python -m infra.deploy --stage dev

Written against the AWS API and tried only on the local AWS: no account was at hand. Credentials and region
come from the environment, as for any AWS tool. `--set` sets a parameter of the template, for example `--set
AlarmEmail=a@b.vn`.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloudformation import DeploymentFailed, deploy
from infra.package import build
from infra.progress import say_aside
from infra.site import upload


def main() -> None:
    """Deploys and prints the address."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__.split("\n")[0])
    parser.add_argument("--stage", choices=("dev", "prod"), required=True)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a template parameter")
    options = parser.parse_args()
    wrong = [setting for setting in options.set if "=" not in setting]
    if wrong:
        parser.error(f"{wrong[0]}: write NAME=VALUE")
    session = boto3.Session()
    if not session.region_name:
        parser.error("no region: set AWS_DEFAULT_REGION, for example ap-southeast-1 (Singapore)")
    parameters = {"StageName": options.stage, **dict(setting.split("=", 1) for setting in options.set)}

    def client(service: str) -> Any:
        return session.client(service)

    try:
        say_aside("Deploying, step 1 of 3: the package.")
        package = build(options.stage)
        say_aside(
            f"Deploying {stack_name(options.stage)}, step 2 of 3: CloudFormation. The first time it creates a "
            "CloudFront distribution, which alone takes minutes; later deployments are shorter."
        )
        outputs = deploy(client, stack_name(options.stage), package, parameters)
        say_aside("Deploying, step 3 of 3: the site's files.")
        count = upload(client("s3"), outputs["SiteBucket"])
    except (DeploymentFailed, ClientError, BotoCoreError) as error:
        sys.exit(f"Not deployed. {error}")
    print(f"{outputs['SiteUrl']}  ({count} files of the site changed)")
    print(f"Put a contest there:  aws s3 cp contest.zip s3://{outputs['DeskBucket']}/inbox/kept/account/")


def stack_name(stage: str) -> str:
    """The name of a stage's stack; buckets, tables and functions are named after it.

    The variable ``CONTEST_NAME`` makes room for a second contest in an account. Ends the program if it cannot be
    part of a name: the longest, ``<stack>-trail-<account>-<region>``, may have 63 characters.
    """
    name = os.environ.get("CONTEST_NAME", "")
    if stage == "local" or not name:
        return f"cuoc-thi-{stage}"
    if not re.fullmatch(r"[a-z][a-z0-9]{0,13}", name) or name in {"dev", "prod", "deploy"}:
        sys.exit(f"CONTEST_NAME={name}: use 1 to 14 small letters and digits, a letter first, as in hue2027.")
    return f"cuoc-thi-{name}-{stage}"


if __name__ == "__main__":
    main()
