"""Nouns of the free road."""

from community.models.application import Application
from community.models.decision import Decision
from community.models.history import Note, Step
from community.models.question import Question

__all__ = ["Application", "Decision", "Note", "Question", "Step"]
