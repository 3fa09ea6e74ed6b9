"""What the money side refuses, each named as the fact that stands against it."""

from kernel.refusals import Conflict, Invalid


class AlreadySubscribed(Conflict):
    """A live subscription exists; it is changed, not bought twice."""

    reason = "already_subscribed"
    title = "There is a subscription already"
    sentence = "This organization has a running subscription. Manage it on the billing page."


class NothingToSell(Conflict):
    """Communities are granted, companies pay."""

    reason = "not_a_company"
    title = "Only companies subscribe"
    sentence = "This is a community organization: it is free, and there is nothing to buy."


class NotSold(Conflict):
    """The plan's price has not been brought to Stripe."""

    reason = "not_sold"
    title = "This plan cannot be bought at the moment"
    sentence = "This plan is not on sale at the moment. Please choose another, or try again later."


class NoSuchPlan(Invalid):
    """No plan and interval of this name is sold."""

    reason = "no_such_plan"
    title = "There is no such plan"
    sentence = "Choose one of the plans on the billing page."


class SeatsOutOfRange(Invalid):
    """Fewer seats than people, or more than a form can mean."""

    reason = "seats_out_of_range"
    title = "This number of seats does not fit"


class TermsNotAccepted(Invalid):
    """The terms were not accepted."""

    reason = "terms_not_accepted"
    title = "The terms come first"
    sentence = "Accept the terms to continue to payment."


class NoCustomerYet(Conflict):
    """Nothing was ever bought, so there is nothing to manage."""

    reason = "no_customer_yet"
    title = "There is nothing to manage yet"
    sentence = "Choose a plan first; the portal opens with the first subscription."


class CheckoutOver(Conflict):
    """The attempt was ended while this request was under way."""

    reason = "checkout_over"
    title = "This checkout is over"
    sentence = (
        "It was paid, or somebody chose anew meanwhile. Look at the billing page before you choose"
        " again."
    )


class SubscriptionRuns(Conflict):
    """What is paid for is canceled first, by its own road."""

    reason = "subscription_runs"
    title = "A subscription is still running"
    sentence = (
        "A subscription is still running. Cancel it on the billing page; once it has ended,"
        " the organization can be deleted."
    )


class CheckoutUnderWay(Conflict):
    """Somebody could pay at this moment."""

    reason = "checkout_under_way"
    title = "A payment page is open"
    sentence = (
        "A payment page of this organization is open. Pay or let it lapse, within a day, and then"
        " come back."
    )


class TooManyUnpaid(Conflict):
    """A person owns as many unpaid companies as anybody may."""

    reason = "too_many_unpaid"
    title = "You have several unpaid companies already"


class NothingRuns(Conflict):
    """There is no subscription to change."""

    reason = "nothing_runs"
    title = "No subscription is running"
    sentence = "No subscription is running that could be changed. Choose a plan first."


class TwoRun(Conflict):
    """Two live subscriptions stand side by side; nobody can say which is meant."""

    reason = "two_run"
    title = "Two subscriptions run at once"
    sentence = "Two subscriptions run at once. Cancel one of them first, or write to support."


class ChangedElsewhere(Conflict):
    """Stripe shows another subscription than we do, or a price we do not know."""

    reason = "changed_elsewhere"
    title = "The subscription is another than shown here"
    sentence = (
        "The payment service shows another subscription than this page did. Look at the billing"
        " page again in a minute; if it stays so, write to support."
    )


class NothingChanges(Invalid):
    """What was chosen is what runs."""

    reason = "nothing_changes"
    title = "Nothing would change"
    sentence = "That is what you have now. Choose other seats, another plan or interval."


class ChangeUnderWay(Conflict):
    """A change was asked for, and is neither in effect nor over."""

    reason = "change_under_way"
    title = "A change is under way"
    sentence = (
        "A change of this subscription is under way. Once it is paid, or has lapsed within a day,"
        " you can choose anew."
    )


class EndsSoon(Conflict):
    """It was canceled for a day that a new cycle would run beyond."""

    reason = "ends_soon"
    title = "The subscription ends soon"


class QuoteStale(Conflict):
    """The figures that were confirmed do not hold any more."""

    reason = "quote_stale"
    title = "These figures are out of date"
    sentence = (
        "The figures have changed since you saw them, or ten minutes have passed. Nothing was"
        " charged; look at them again."
    )


class NothingToPay(Conflict):
    """The invoice is paid, void, or not there yet."""

    reason = "nothing_to_pay"
    title = "There is nothing to pay here"
    sentence = "This invoice is not open any more. Look at the billing page again."


class OrderOver(Conflict):
    """A buyer link that leads nowhere any more."""

    reason = "order_over"
    title = "This order is over"
    sentence = (
        "This order cannot be paid any more: it was taken back, has expired, or something of it"
        " changed. Ask whoever sent you the link for another."
    )


class NothingToGiveBack(Invalid):
    """The invoice is not theirs, not paid, or nothing of it is left."""

    reason = "nothing_to_give_back"
    title = "Nothing of this can go back"
    sentence = "This invoice is not paid, or all of it went back already."


class NothingToRenew(Conflict):
    """No grant is there that could go on."""

    reason = "nothing_to_renew"
    title = "There is no grant to confirm"
    sentence = "This organization has no grant that could go on. Apply anew, or write to support."


class RenewedTooEarly(Conflict):
    """The term has long to run yet."""

    reason = "renewed_too_early"
    title = "It is too early to confirm"


class RenewalNotConfirmed(Invalid):
    """Nobody said that all is as it was."""

    reason = "renewal_not_confirmed"
    title = "Please confirm"
    sentence = "Confirm that the organization is still what it was granted for."


class TrialSpent(Conflict):
    """The organization had its trial."""

    reason = "trial_spent"
    title = "The trial is spent"
    sentence = "This organization has had its trial. Continue without one."
