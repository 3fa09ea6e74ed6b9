"""Who belongs together and what they may do: organizations, members, teams, policy, entitlements,
seats.
"""
