"""The pages of staff, and the site for operators."""

from tests.saas.web.row import DONE, Row, by_staff

REVIEW, REVIEWED = by_staff(200, 403), by_staff(DONE, 403)
HELP, HELPED = by_staff(403, 200), by_staff(403, DONE)
WAITING = {"public_id": "{waiting}"}
MINE = {"public_id": "{mine}"}

OF_STAFF = (
    Row("staff:home", get=REVIEW),
    Row("staff:application", WAITING, get=REVIEW),
    Row("staff:claim", WAITING, post=REVIEWED),
    Row("staff:release", MINE, post=REVIEWED),
    Row("staff:resume", {"public_id": "{deferred}"}, post=REVIEWED),
    Row("staff:ask", MINE, post=REVIEWED, body={"ask-text": "Who are you?"}),
    Row("staff:defer", MINE, post=REVIEWED, body={"defer-words": "Until spring."}),
    Row("staff:note", WAITING, post=REVIEWED, body={"note-text": "Seen before."}),
    Row("staff:approve", MINE, post=REVIEWED, body={"approve-reason": "open_project"}),
    Row(
        "staff:decline",
        MINE,
        post=REVIEWED,
        body={"decline-reason": "too_little_shown", "decline-words": "Too little to see."},
    ),
    Row("staff_people:people", get=HELP, query="?q=o"),
    Row(
        "staff_people:person",
        {"public_id": "{lost}"},
        get=HELP,
        post=HELPED,
        body={"reason": "They answered from their address."},
    ),
    Row("staff_people:withdraw", {"public_id": "{resetting}"}, post=HELPED),
    Row(
        "orgs:staff_names",
        get=HELP,
        post=HELPED,
        body={"name": "sunken", "because": "Asked for by its founder."},
    ),
)
