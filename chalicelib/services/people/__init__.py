"""Participants: registration, sign-in, passwords, their data and its encryption."""
