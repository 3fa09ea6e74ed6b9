"""The desk of staff for one organization and its money, over all floors."""
