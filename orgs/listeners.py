"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table
from orgs import events, notices

LISTENERS: Table = {
    events.InvitationSent.name: (notices.invite,),
    events.InvitationClosed.name: (notices.tell_who_was_declined,),
    events.InvitationDeclined.name: (notices.tell_who_was_declined,),
    events.OwnershipTransferred.name: (notices.tell_of_new_owner,),
    events.MemberJoined.name: (notices.tell_owners_who_joined,),
    events.MemberLeft.name: (notices.tell_who_was_removed, notices.tell_owners_who_left),
    events.RoleChanged.name: (notices.tell_whose_role_changed,),
}
