"""Packaging, deployment and the local stack."""
