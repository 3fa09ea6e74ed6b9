"""Which event of this floor and those beneath makes what happen."""

from audit.outbox import Table
from orgs import (
    closing_notices,
    events,
    notices,
    project_events,
    project_notices,
    token_events,
    token_notices,
)

LISTENERS: Table = {
    project_events.CollaboratorInvited.name: (notices.invite_collaborator,),
    project_events.CollaboratorInvitationClosed.name: (project_notices.tell_what_was_answered,),
    events.InvitationSent.name: (notices.invite,),
    events.InvitationClosed.name: (notices.tell_who_was_declined,),
    events.InvitationDeclined.name: (notices.tell_who_was_declined,),
    events.OwnershipTransferred.name: (notices.tell_of_new_owner,),
    events.MemberJoined.name: (notices.tell_owners_who_joined,),
    events.MemberLeft.name: (notices.tell_who_was_removed, notices.tell_owners_who_left),
    events.SecondFactorDemanded.name: (
        notices.tell_who_lacks_second_factor,
        notices.tell_owners_of_second_factor,
    ),
    events.SecondFactorReleased.name: (notices.tell_owners_of_second_factor,),
    events.RoleChanged.name: (
        notices.tell_whose_role_changed,
        notices.tell_owners_of_another,
    ),
    project_events.TransferProposed.name: (project_notices.offer_project,),
    project_events.TransferClosed.name: (project_notices.tell_how_offer_ended,),
    project_events.ProjectMoved.name: (
        project_notices.tell_how_offer_ended,
        project_notices.tell_owners_what_moved,
    ),
    project_events.ProjectDeleted.name: (project_notices.tell_owners_what_was_deleted,),
    project_events.ProjectRoleSet.name: (project_notices.tell_whose_level_changed,),
    token_events.ServiceTokenMade.name: (token_notices.tell_owners_of_new_token,),
    token_events.ServiceTokenReported.name: (token_notices.tell_owners_of_reported_token,),
    events.OrganizationRenamed.name: (closing_notices.tell_owners_of_the_new_name,),
    events.NameReleased.name: (closing_notices.tell_owners_of_a_name_gone,),
    events.ClosingBegun.name: (closing_notices.tell_members_of_the_end,),
    events.ClosingUndone.name: (closing_notices.tell_members_that_it_stays,),
    events.OrganizationClosed.name: (closing_notices.tell_everybody_that_it_is_closed,),
    events.NameLossWarned.name: (closing_notices.warn_owners_of_the_loss,),
}
