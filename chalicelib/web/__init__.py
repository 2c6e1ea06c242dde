"""Requests, answers, tokens and problem documents."""
