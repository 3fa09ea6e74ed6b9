"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table
from subscriptions import events, notices

LISTENERS: Table = {
    events.PaymentFailed.name: (notices.tell_payers_of_failure,),
    events.GraceWarned.name: (notices.warn_payers,),
    events.TrialEnding.name: (notices.tell_of_trials_end,),
    events.HoldPlaced.name: (notices.tell_of_a_hold,),
    events.HoldLifted.name: (notices.tell_of_a_hold,),
    events.TermWarned.name: (notices.warn_of_the_term,),
}
