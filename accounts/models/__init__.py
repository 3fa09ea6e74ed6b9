"""People, their tokens, and the hosts that ask about them."""

from accounts.models.external_user import ExternalUser
from accounts.models.host import Host
from accounts.models.personal_token import PersonalToken
from accounts.models.user import StaffRole, User

__all__ = ["ExternalUser", "Host", "PersonalToken", "StaffRole", "User"]
