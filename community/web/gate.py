"""The gate before every page of the review of applications."""

from community.policy import REVIEW
from orgs.web.gate import for_staff

for_reviewers = for_staff(REVIEW, "Your staff role does not include the review of applications.")
