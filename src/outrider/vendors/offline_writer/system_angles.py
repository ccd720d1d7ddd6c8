"""First mails to accounts that already have a lease system.

In: nothing. Out: one angle, in the form of `angles`. Never: the system's name, a word against it.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.angles import OFFER
from outrider.vendors.offline_writer.shape import Angle, Shape, line

BESIDE = Angle(
    key="beside_your_system",
    theme="leases",
    purpose="first_touch",
    why="they already have a lease system, so the gap is what goes into it",
    for_system_users=True,
    subjects=(
        "The step before the lease system",
        "What goes into {company}'s lease system",
        "Before the lease system",
        "Feeding {company}'s lease system",
        "What a lease system can't check",
        "The reading before the system",
        "Lease terms going in",
        "{company}'s leases before the system",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "{company} already has a lease system, as far as I can tell, and {liability} "
                        "of {liability_noun} to feed it.",
                        "As far as I can tell {company} already has a lease system. The {report} "
                        "shows {liability} of {liability_noun} to feed it.",
                    ),
                ),
                (
                    line(
                        "What no system can do is tell whether the renewal date it was given is the "
                        "one in the contract.",
                        "The open question is who reads the contract before its terms go in.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Who checks the one against the other today?",
                "How do new terms get in there?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "A lease system is as good as the reading that was done before it.",
                        "Bad lease data is rarely the system's fault. It starts with a contract that "
                        "was read in a hurry.",
                    ),
                ),
                (
                    line(
                        "{company} already has a lease system, I'd guess, and {liability} of "
                        "{liability_noun} running through it."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Who does that reading on your side?",
                "Is the reading under control, or is it the bottleneck?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "I'd guess {company} already has a lease system, so this isn't about "
                        "replacing it."
                    ),
                    line(
                        "The gap tends to be the step before: somebody still opens each contract, "
                        "finds the terms and types them in."
                    ),
                ),
                (OFFER,),
            ),
            questions=(
                "Does that step take real time on your team, or is it under control?",
                "Who does that step at {company} today?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "A lease system calculates well. It can't tell whether the renewal date it "
                        "was given is the one in the contract."
                    ),
                ),
                (
                    line(
                        "{company} already has a lease system, as far as I can tell. So I'm only "
                        "asking about what goes into it."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Who checks that what's in there matches the signed document?",
                "How do new terms get in there today?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Most lease tools are bought for the calculation. The reading stays where "
                        "it was, with whoever opens the contract first."
                    ),
                ),
                (
                    line(
                        "{company} already has a lease system, so I'd guess the calculation is in "
                        "good hands."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Who does the reading on your side?",
                "How is the reading shared out on your team?",
            ),
        ),
    ),
)
