"""The pages of staff, and the site for operators."""

from tests.saas.web.row import DONE, Row, by_staff

REVIEW, REVIEWED = by_staff(200, 403), by_staff(DONE, 403)
HELP, HELPED = by_staff(403, 200), by_staff(403, DONE)
WAITING = {"public_id": "{waiting}"}
SEEN, MONEY, MONEY_MOVED = (
    by_staff(403, 200, 200),
    by_staff(403, 403, 200),
    by_staff(403, 403, DONE),
)
HOLDS, HELD = by_staff(403, 200, 200), by_staff(403, DONE, DONE)
LEDGERS = {"pk": "{ledgers}"}
WHY = {"reason": "They asked."}
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
    Row("desk:organizations", get=SEEN, query="?q=ledgers"),
    Row("desk:leaks", get=SEEN),
    Row("desk:organization", LEDGERS, get=SEEN),
    Row(
        "desk:override",
        LEDGERS,
        get=MONEY,
        post=MONEY_MOVED,
        body=WHY | {"setting": "limit:seats", "number": "9", "until": "{day}"},
    ),
    Row(
        "desk:end_override",
        LEDGERS | {"override_id": "{override}"},
        get=MONEY,
        post=MONEY_MOVED,
        body=WHY,
    ),
    Row("desk:hold", LEDGERS, get=HOLDS, post=HELD, body=WHY),
    Row("desk:lift", LEDGERS | {"hold_id": "{hold}"}, get=HOLDS, post=HELD, body=WHY),
    Row(
        "desk:contract",
        LEDGERS,
        get=MONEY,
        post=MONEY_MOVED,
        body=WHY | {"seats": "7", "private_projects": "-1", "until": "{day}"},
    ),
    Row(
        "desk:end_contract",
        LEDGERS | {"grant_id": "{contract}"},
        get=MONEY,
        post=MONEY_MOVED,
        body=WHY,
    ),
    # No subscription of it runs.
    Row(
        "desk:end",
        LEDGERS | {"subscription_id": "sub_1"},
        get=MONEY,
        post=by_staff(403, 403, 409),
        body=WHY,
    ),
    Row(
        "desk:give_back",
        LEDGERS | {"invoice_id": "in_1"},
        get=by_staff(403, 403, 422),
        post=by_staff(403, 403, 422),
        body=WHY | {"amount": "1.00"},
    ),
    Row("desk:sync", LEDGERS, post=by_staff(403, DONE, DONE)),
)
