"""What a development stack knows beforehand: seeded people, and the code that passes for theirs."""

PASSWORD = "try chapterhouse"  # noqa: S105 -- of seeded people, on a developer's machine only
SECOND_FACTOR = "424242"
"""Passes for any authenticator app's code while DEBUG is on; production has no such code."""

OWNER = "ana@northwind.example"
MEMBER = "ben@northwind.example"
FOUNDER = "chen@quillworks.example"
MAINTAINER = "dana@openatlas.example"
REVIEWER = "rosa@chapterhouse.example"
ACCOUNTANT = "vera@chapterhouse.example"
EVERYTHING = "ursel@states.example"
