"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table
from orgs import events, notices

LISTENERS: Table = {
    events.CollaboratorInvited.name: (notices.invite_collaborator,),
    events.InvitationSent.name: (notices.invite,),
    events.MemberJoined.name: (notices.tell_owners_who_joined,),
    events.MemberLeft.name: (notices.tell_who_was_removed,),
    events.RoleChanged.name: (notices.tell_whose_role_changed,),
}
