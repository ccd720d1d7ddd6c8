"""More first mails about leases: their own words, their size, their system, their desk.

In: nothing. Out: angles. Never: a competitor, a figure, a promise about the sender; see `angles`.
"""

from __future__ import annotations

from outrider.vendors.offline_writer.shape import Angle, Shape, line

OFFER = line("{offer}")
PITCH = line("{pitch}")

OWN_WORDS = Angle(
    key="their_own_words",
    theme="leases",
    purpose="first_touch",
    why="the annual report says in one sentence what the team carries every day",
    subjects=(
        "A line in {company}'s annual report",
        "One sentence about {company}'s leases",
        "{company}'s leases in one sentence",
        "A line in your annual report",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "One line in {company}'s annual report says more than the tables do: "
                        '"{quote}"',
                        '{company}\'s annual report sums it up in one line: "{quote}"',
                    ),
                ),
                (
                    line(
                        "Behind that sentence is a stack of contracts, each with its own dates, "
                        "options and rent steps.",
                        "The work is in what that sentence leaves out: which options, which dates, "
                        "whose approval.",
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "How does your team keep all of it current?",
                "Where does that detail live at {company} today?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "It takes one sentence to describe a lease portfolio and a team to keep that "
                        "sentence true."
                    ),
                ),
                (line('Yours, from the annual report: "{quote}"'),),
                (
                    line(
                        "The hard part is the day somebody signs an amendment and doesn't mention "
                        "it.",
                        "It stays true only as long as every amendment finds its way to one desk.",
                        spare=1,
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "How many people touch a lease before its terms are in the system?",
                "How do changes to those leases reach accounting?",
            ),
        ),
    ),
)

MANY_HANDS = Angle(
    key="many_hands",
    theme="leases",
    purpose="first_touch",
    why="in a company of that size, lease changes come from many places",
    subjects=(
        "How lease changes reach accounting",
        "Lease changes at {company}",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "A company of {employees} people doesn't hear about lease changes from one "
                        "place. They come from real estate, from operations, from a landlord's mail."
                    ),
                ),
                (
                    line(
                        "By the time one reaches accounting, the reason for it has often stayed "
                        "behind."
                    ),
                    OFFER,
                ),
            ),
            questions=(
                "Where do those changes usually reach your team first?",
                "Is there one place at {company} where they all have to pass?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "The hard part of lease accounting isn't the accounting. It's hearing that "
                        "something changed, and getting the page that says so."
                    ),
                ),
                (
                    line(
                        "With {employees} people at {company}, I'd guess news of that kind travels "
                        "slowly."
                    ),
                    PITCH,
                ),
            ),
            questions=(
                "How does your team find out today?",
                "Who usually tells you that a lease has changed?",
            ),
        ),
    ),
)

BESIDE = Angle(
    key="beside_your_system",
    theme="leases",
    purpose="first_touch",
    why="they already have a lease system, so the gap is what goes into it",
    for_system_users=True,
    subjects=(
        "The step before the lease system",
        "What goes into {company}'s lease system",
    ),
    shapes=(
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

DESK = Angle(
    key="your_desk",
    theme="leases",
    purpose="first_touch",
    why="starts from the reader's own job and uses no filing data",
    subjects=(
        "A question about lease data",
        "Lease terms at {company}",
        "Who reads the leases",
    ),
    shapes=(
        Shape(
            paragraphs=(
                (
                    line(
                        "Lease data is one of those jobs that nobody owns until a number is wrong. "
                        "Then it's everybody's week.",
                        "Lease questions have a way of arriving last and being due first.",
                    ),
                    line(
                        "The answer is nearly always in a document. It's a matter of which one, and "
                        "who read it.",
                        spare=1,
                    ),
                ),
                (OFFER,),
            ),
            questions=(
                "Does any of that sound like {company}?",
                "Who at {company} would have an opinion on that?",
            ),
        ),
        Shape(
            paragraphs=(
                (
                    line(
                        "I have one question about how {company} handles leases, and I'd rather ask "
                        "than assume."
                    ),
                ),
                (
                    line(
                        "When a lease is renewed or amended, somebody has to read it and carry the "
                        "new terms over. In some teams that's routine. In others it's whoever has "
                        "time."
                    ),
                    PITCH,
                ),
            ),
            questions=("Which one is it on your side?", "How does that go on your side?"),
        ),
    ),
)

DESK_FIRST = (OWN_WORDS, MANY_HANDS, DESK)
