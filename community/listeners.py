"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table
from community import events, notices

LISTENERS: Table = {
    events.ApplicationSubmitted.name: (notices.confirm_submission,),
    events.ApplicationDeferred.name: (notices.tell_of_deferral,),
    events.QuestionAsked.name: (notices.pass_question_on,),
    events.QuestionAnswered.name: (notices.pass_answers_on,),
    events.ApplicationApproved.name: (notices.tell_of_approval,),
    events.ApplicationDeclined.name: (notices.tell_of_decline,),
}
