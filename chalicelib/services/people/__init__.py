"""Participants: registration, sign-in, passwords, their data and how these are sealed."""
