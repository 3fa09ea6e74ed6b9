"""People, their tokens, what mail they want, and the hosts that ask about them."""

from accounts.models.external_user import ExternalUser
from accounts.models.host import Host
from accounts.models.muted_mail import MutedMail
from accounts.models.personal_token import PersonalToken
from accounts.models.second_factor_reset import SecondFactorReset
from accounts.models.user import StaffRole, User

__all__ = [
    "ExternalUser",
    "Host",
    "MutedMail",
    "PersonalToken",
    "SecondFactorReset",
    "StaffRole",
    "User",
]
