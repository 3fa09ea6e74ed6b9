"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table
from orgs import events, notices

LISTENERS: Table = {
    events.InvitationSent.name: (notices.invite,),
    events.MemberJoined.name: (notices.tell_owners_who_joined,),
    events.MemberLeft.name: (notices.tell_who_was_removed,),
    events.SecondFactorDemanded.name: (
        notices.tell_who_lacks_second_factor,
        notices.tell_owners_of_second_factor,
    ),
    events.SecondFactorReleased.name: (notices.tell_owners_of_second_factor,),
    events.RoleChanged.name: (notices.tell_whose_role_changed,),
}
