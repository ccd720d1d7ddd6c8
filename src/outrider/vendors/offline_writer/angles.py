"""First mails about leases. Data: each shape is a whole mail, read aloud before it was kept.

In: nothing. Out: angles. Never: a competitor, a figure, a promise about the sender; `{offer}` is the
campaign's own words where it has any.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.shape import Angle, Shape, line

OFFER = line("{offer}")
PITCH = line("{pitch}")

PAPER = Angle(
    key="paper_behind_the_number",
    theme="leases",
    purpose="first_touch",
    why="a reported lease liability stands on documents that somebody has to read",
    subjects=(
        "The paper behind {company}'s leases",
        "{company}'s lease documents",
        "Lease paperwork at {company}",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "{company}'s latest annual report lists {liability} of {liability_noun}.",
                        "Your last annual report puts {company}'s {liability_noun} at {liability}.",
                    ),
                    line(
                        "What it can't show is the paper underneath: renewals, amendments, side "
                        "letters, each with a term that somebody had to find and type in.",
                        "Under that line there's a lot of paper: amendments, renewals, side letters. "
                        "Somebody reads each one before the schedule can change.",
                    ),
                ),
                (OFFER,),
            ),
            questions=(
                "When an amendment comes in at {company}, who reads it first?",
                "How does an amendment get from the landlord to your schedule today?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "A lease schedule is only as good as the last amendment somebody read.",
                        "Lease schedules go wrong quietly, one unread amendment at a time.",
                    ),
                    line(
                        "The total looks right for months, and then a renewal turns up that nobody "
                        "keyed.",
                        "It rarely shows in the total. It shows when somebody asks about one site.",
                        spare=1,
                    ),
                ),
                (
                    line(
                        "With {liability} of {liability_noun} on the balance sheet, I'd guess "
                        "{company} has plenty of them to read."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Is that reading still done by hand on your side, or have you found a better way?",
                "Does your team still do that reading by hand?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Most teams know the lease total. Fewer can say, for any one lease, which "
                        "page it came from."
                    ),
                ),
                (
                    line(
                        "For {company} the total is {liability} of {liability_noun}, going by the "
                        "annual report."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "If I picked one of your leases at random, could your team point to the clause "
                "behind each number?",
                "How long would it take your team to find the page behind one of those numbers?",
            ),
        ),
    ),
)

YEAR_END = Angle(
    key="year_end_clock",
    theme="leases",
    purpose="first_touch",
    why="lease work follows the fiscal year, so the timing is theirs",
    subjects=(
        "Leases and {company}'s year-end",
        "{company}'s lease file and the close",
        "Lease changes around year-end",
    ),
    shapes=(
        Shape(
            season="after",
            paragraphs=(
                (
                    line(
                        "{company} closed its fiscal year {year_end}.",
                        "{company}'s books closed for the year {year_end}.",
                    ),
                    line(
                        "If this one was like most, part of the close went into finding the document "
                        "behind a lease number that somebody questioned."
                    ),
                ),
                (
                    line(
                        "With {liability} of {liability_noun} to explain, there's always one.",
                        spare=2,
                    ),
                    PITCH,
                    line("It's easiest to fix while people still remember where it hurt.", spare=1),
                ),
            ),
            questions=(
                "How did that part go this time?",
                "Was that a quick lookup for your team this year, or a search?",
            ),
        ),
        Shape(
            season="after",
            paragraphs=(
                (
                    line(
                        "The weeks after a close are when people still remember which leases caused "
                        "trouble. By summer it's forgotten, and the same ones come back."
                    ),
                ),
                (
                    line(
                        "{company} closed its books {year_end}, so that list should still be fresh."
                    ),
                    PITCH,
                ),
            ),
            questions=(
                "Was there a lease this time that took far longer than it should have?",
                "Which lease would be on top of that list?",
            ),
        ),
        Shape(
            season="before",
            paragraphs=(
                (
                    line(
                        "{company} closes its fiscal year {year_end}, and every renewal signed before "
                        "then still has to be read, keyed and explained."
                    ),
                ),
                (
                    line("It's usually the last few that do the damage.", spare=1),
                    PITCH,
                    line("The earlier the stack shrinks, the quieter the close.", spare=2),
                ),
            ),
            questions=(
                "Is the lease file in good shape for it, or is there a backlog?",
                "How big is the stack that still has to be read?",
            ),
        ),
        Shape(
            season="between",
            paragraphs=(
                (
                    line(
                        "There's a calm stretch between one close and the next, and it's about the only time a "
                        "lease file gets put in order."
                    ),
                ),
                (
                    line("{company} closes its books {year_end}, so I thought I'd ask now."),
                    PITCH,
                ),
            ),
            questions=(
                "Is cleaning up lease data on your list for this year?",
                "Is anybody on your team planning to use that stretch for the leases?",
            ),
        ),
    ),
)

AUDIT = Angle(
    key="audit_trail",
    theme="leases",
    purpose="first_touch",
    why="an auditor asks for the page behind a lease number",
    subjects=(
        "Lease support for {company}'s audit",
        "When the auditors pick a lease",
        "The lease sample",
        "{company}'s leases and the audit",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "{auditor} audits {company}, so sooner or later somebody picks a lease and "
                        "asks for the page behind the number.",
                        "As {company}'s auditor, {auditor} will at some point pick a lease and ask "
                        "for the page behind the number.",
                    ),
                    line("Some teams answer in the meeting. Others go looking.", spare=1),
                ),
                (
                    line(
                        "With {liability} of {liability_noun} to draw from, the sample can land "
                        "anywhere.",
                        "Out of {liability} of {liability_noun}, the pick can land anywhere.",
                        spare=2,
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "When that request lands, is it a lookup for your team or a search?",
                "Who on your side gets that request?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "There are two kinds of lease questions: the ones you can answer from the "
                        "schedule, and the ones that send somebody back to the contract. The second "
                        "kind tends to come from the auditors."
                    ),
                ),
                (
                    line(
                        "With {auditor} signing {company}'s audit, I'd guess you get your share of "
                        "those."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "How much of your team's time do they take?",
                "Which kind do you get more of?",
            ),
        ),
    ),
)

LEASE_FIRST = (PAPER, YEAR_END, AUDIT)
