"""Lists the vulnerabilities that PyPI knows of in the pinned packages, and the packages it could not ask about.

    python -m infra.audit requirements.txt requirements-dev.txt

pip-audit exits with 0 even if PyPI has told it nothing about any package. This exits with 1 for a
vulnerability, with 2 if it could not ask about some package.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def audit(files: list[str]) -> tuple[list[dict[str, Any]], str]:
    """pip-audit's findings, one for each package and version (none if a file gave none), and its complaints.

    File by file: two environments may pin one package differently, which pip-audit refuses within one run.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    complaints = ""
    for file in files:
        command = [sys.executable, "-m", "pip_audit", "--format", "json", "--disable-pip", "--no-deps"]
        command += ["--progress-spinner", "off", "--requirement", file]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        complaints += done.stderr
        if not done.stdout.strip():
            return [], f"{file}: {done.stderr}"
        for package in json.loads(done.stdout)["dependencies"]:
            found[package["name"], package.get("version", "")] = package
    return list(found.values()), complaints


def verdict(found: list[dict[str, Any]], complaint: str = "") -> tuple[int, list[str]]:
    """The exit code and the lines to print."""
    if not found:
        return 2, [f"PyPI could not be asked. {complaint.strip()}"]
    unasked = [package for package in found if "skip_reason" in package]
    faults = [
        f"{package['name']} {package['version']}: {fault['id']}, fixed in: {', '.join(fault['fix_versions'])}"
        for package in found
        for fault in package.get("vulns", [])
    ]
    asked = len(found) - len(unasked)
    lines = [*faults, f"{asked} of {len(found)} packages asked about, {len(faults)} vulnerabilities known."]
    if unasked:
        lines.append(f"Not asked, so nothing is known about them. The first: {unasked[0]['skip_reason']}")
    return (1 if faults else 2 if unasked else 0), lines


def main() -> None:
    """Prints each vulnerability, then the counts."""
    code, lines = verdict(*audit(sys.argv[1:]))
    print("\n".join(lines))
    sys.exit(code)


if __name__ == "__main__":
    main()
