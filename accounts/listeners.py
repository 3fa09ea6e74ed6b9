"""Which event of this floor makes what happen."""

from accounts import events, notices
from audit.outbox import Table

LISTENERS: Table = {
    events.TokenReported.name: (notices.tell_of_reported_token,),
    events.AccountDeleted.name: (notices.say_farewell,),
    events.SecondFactorResetAsked.name: (notices.tell_of_asked_reset,),
    events.SecondFactorReset.name: (notices.tell_of_reset,),
}
