"""First mails about leases that stand on the reported liability.

In: nothing. Out: angles; each shape is a whole mail, read aloud before it was kept. Never: a
competitor, a figure, a promise about the sender: `{offer}` is the campaign's own words where it has any.
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
        "Behind one lease number",
        "A page for every lease number",
        "From lease total to lease page",
        "Who reads {company}'s amendments",
        "The last amendment somebody read",
        "What {company}'s lease total leaves out",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "{company}'s {report} lists {liability} of {liability_noun}.",
                        "Your {report} puts {company}'s {liability_noun} at {liability}.",
                        "In {company}'s {report}, {liability_noun} come to {liability}.",
                    ),
                    line(
                        "What it can't show is the paper underneath: renewals, amendments, side "
                        "letters, each with a term that somebody had to find and type in.",
                        "Under that line there's a lot of paper, and somebody reads each amendment "
                        "before the schedule can change.",
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
                        "With {liability} of {liability_noun} in the {report}, I'd guess there's "
                        "plenty to read at {company}."
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
                        "page it came from.",
                        "Ask for the lease total and you get it in a minute. Ask which page one of "
                        "the terms came from and it's a different morning.",
                    ),
                ),
                (
                    line(
                        "For {company} the total is {liability} of {liability_noun}, going by the "
                        "{report}."
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
        Shape(
            paragraphs=(
                (
                    line(
                        "If a landlord disputes a date, the schedule won't settle it. The signed "
                        "page will.",
                        "The schedule says what a lease costs. Only the signed page says why.",
                    ),
                ),
                (
                    line(
                        "{company}'s {report} shows {liability} of {liability_noun}, and that's a "
                        "lot of pages to keep within reach."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Could your team put a finger on the right page today?",
                "How far is the page from the schedule on your side?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "{company}'s {report} shows {liability} of {liability_noun}. It doesn't say "
                        "how many documents that took.",
                        "One thing {company}'s {report} doesn't say: how many documents it took to "
                        "get to {liability} of {liability_noun}.",
                    ),
                ),
                (
                    line(
                        "Each of them was read by somebody once, and again whenever it changed.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Do you know the number, roughly?",
                "Who does the second reading at {company}?",
            ),
        ),
        Shape(
            is_terse=True,
            paragraphs=(
                (
                    line(
                        "A question rather than a pitch: when a lease is amended, somebody has to "
                        "read it before {liability} of {liability_noun} can be right.",
                    ),
                ),
            ),
            questions=("Who is that at {company}?",),
        ),
    ),
)

DATES = Angle(
    key="the_dates",
    theme="leases",
    purpose="first_touch",
    why="an option date that nobody wrote down shows in no total",
    subjects=(
        "The dates in {company}'s leases",
        "Renewal dates at {company}",
        "The option nobody wrote down",
        "Lease dates and who watches them",
        "Who tracks renewals at {company}",
        "A missed lease option",
        "Rent steps, notices, options",
        "Who watches {company}'s lease dates",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "Renewal options don't send reminders. They sit on some page until the date "
                        "has passed.",
                        "An option date that nobody wrote down doesn't show in any total. It shows "
                        "the week after.",
                    ),
                ),
                (
                    line(
                        "I'd guess there's one like that somewhere in the {liability} of "
                        "{liability_noun} that {company} reports.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Who keeps watch on those dates at {company}?",
                "Is there one list of those dates, or several?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Lease options end quietly, and somebody notices a week later.",
                        "Nobody sends a reminder when a lease option is about to end.",
                    ),
                ),
                (
                    line(
                        "Among the leases behind {liability} of {liability_noun} at {company}, one "
                        "has to be next."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Is the date on anybody's calendar?",
                "Who would know which one?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "Behind the {liability} of {liability_noun} in {company}'s {report} are "
                        "dates: options, notices, rent steps.",
                        "{company}'s {report} sums it up as {liability} of {liability_noun}. The "
                        "dates behind that are in the contracts.",
                    ),
                ),
                (
                    line(
                        "They don't matter at all until the day somebody misses one.",
                        "Most of them never matter. The trouble is knowing which ones will.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Does your team get them from the contracts, or from the system?",
                "Does one person at {company} see all of those dates?",
            ),
        ),
    ),
)

WHO_KNOWS = Angle(
    key="the_one_who_knows",
    theme="leases",
    purpose="first_touch",
    why="lease knowledge often sits with one or two people",
    subjects=(
        "Who knows {company}'s leases",
        "The person who knows the leases",
        "When the lease expert is out",
        "What {company}'s lease file can't say",
        "Lease knowledge at {company}",
        "Why a lease number is what it is",
        "The memory of the lease file",
        "If somebody new took over the leases",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "In most lease files there's somebody who remembers why a number is what it "
                        "is. The file itself doesn't say.",
                        "Lease files have a weakness that no total shows: the reasons are in "
                        "somebody's head.",
                    ),
                ),
                (
                    line(
                        "With {liability} of {liability_noun} at {company}, I'd guess that person "
                        "gets asked a lot."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Is there somebody like that on your team?",
                "What happens when that person is out for a while?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "{company}'s {report} lists {liability} of {liability_noun}. I'd guess "
                        "only a few people could say what's in the contracts.",
                        "By its {report}, {company} has {liability} of {liability_noun}, and I'd "
                        "guess only a few people know the contracts behind it.",
                    ),
                ),
                (
                    line("When one of them is out, the lease file has to speak for itself."),
                    OFFER,
                ),
            ),
            questions=(
                "Could somebody new find their way through it?",
                "How well does it do that on your side?",
            ),
        ),
    ),
)

FIGURE_FIRST = (PAPER, DATES, WHO_KNOWS)
