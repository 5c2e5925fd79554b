//! How people work: from afar, in teams, with their time, and while learning.

use super::{Field, Idea};

pub(super) const FIELDS: &[Field] = &[REMOTE, TIME, LEARNING, TEAMS];

const REMOTE: Field = Field {
    triggers: &["remote", "hybrid", "office", "home", "distributed", "telework", "homeoffice", "coworking", "async"],
    terms: &["remote teams", "hybrid work", "written updates", "home office"],
    reference: ("remote work", "https://en.wikipedia.org/wiki/Remote_work"),
    ideas: &[
        Idea {
            heading: "Write Down What Used to Be in the Air",
            point: "In one room people pick things up by chance. At a distance, what is not written does not exist.",
            example: "A page with who decides what saves a new colleague a week of careful questions.",
            action: "Note each question that is asked twice and put its answer where everybody can find it.",
        },
        Idea {
            heading: "Protect Quiet Hours",
            point: "Being reachable at all times is not the same as working. People need hours that belong to one task.",
            example: "From nine to eleven nobody expects an answer, and the hard work gets done.",
            action: "Agree on two quiet hours a day and try them for two weeks.",
        },
        Idea {
            heading: "Meet for a Reason",
            point: "A call is the most costly way to share news. Keep it for the things that need a talk.",
            example: "The weekly round becomes a short written note, and the saved hour goes to the one hard question.",
            action: "Cancel one regular meeting for a month and see what is missing.",
        },
        Idea {
            heading: "Make Room for Small Talk",
            point: "Trust grows in moments that have no purpose. At a distance somebody has to plan them.",
            example: "Two people drawn by lot have a coffee on screen each Friday, and work is not on the list.",
            action: "Start with ten minutes a week and leave it open to everyone.",
        },
        Idea {
            heading: "Judge Results, Not Hours",
            point: "Green dots say nothing about work. A clear result by a clear date lets people arrange their own day.",
            example: "A manager stops asking who is online and asks what will be ready on Thursday.",
            action: "For each person, write down the two results that matter this month.",
        },
    ],
};

const TIME: Field = Field {
    triggers: &[
        "time",
        "productivity",
        "productive",
        "meeting",
        "meetings",
        "focus",
        "habits",
        "habit",
        "deadline",
        "deadlines",
        "faster",
        "planning",
        "workday",
        "efficiency",
        "efficient",
        "priorities",
        "workload",
        "week",
        "day",
    ],
    terms: &["time management", "better meetings", "daily focus", "weekly plan"],
    reference: ("time management", "https://en.wikipedia.org/wiki/Time_management"),
    ideas: &[
        Idea {
            heading: "Choose the One Thing for Today",
            point: "A long list hides what matters. One thing that must be done today gives the day a shape.",
            example: "The offer goes out before lunch, and whatever happens later, the day was a good one.",
            action: "Write tomorrow's one thing on paper before you leave today.",
        },
        Idea {
            heading: "Shorten the Meeting",
            point: "Talk fills the time it is given. Half the time often brings the same decision.",
            example: "A meeting of an hour becomes twenty-five minutes with one question at the top.",
            action: "Take the next three invitations and cut each in half.",
        },
        Idea {
            heading: "Do Similar Things Together",
            point: "Every change of task costs a little attention. Small jobs of one kind go faster in a row.",
            example: "All calls on Tuesday afternoon, all invoices on Friday morning.",
            action: "Find one small task that is spread over your week and give it a fixed place.",
        },
        Idea {
            heading: "Say No With a Reason",
            point: "Each yes is a no to something else. A friendly reason makes it easy to accept.",
            example: "“I can start on Monday, because the launch needs me until then” is an answer that people respect.",
            action: "Write down two kinds of requests that you will decline this month and how you will say it.",
        },
        Idea {
            heading: "Stop on Time",
            point: "Tired work has to be done twice. A clear end makes the hours before it count.",
            example: "Someone who leaves at five plans the afternoon with more care than someone who never leaves.",
            action: "Set an end for today and use the last ten minutes to clear the desk for the morning.",
        },
    ],
};

const LEARNING: Field = Field {
    triggers: &[
        "learn",
        "learning",
        "training",
        "course",
        "courses",
        "skills",
        "skill",
        "teach",
        "teaching",
        "mentoring",
        "mentor",
        "beginner",
        "beginners",
        "education",
        "students",
        "career",
        "careers",
        "university",
        "school",
    ],
    terms: &["learning plan", "daily practice", "new skills", "learning by doing"],
    reference: ("learning", "https://en.wikipedia.org/wiki/Learning"),
    ideas: &[
        Idea {
            heading: "Begin With Something You Need",
            point: "What has no use is soon forgotten. A real task gives each new thing a place to stick.",
            example: "Somebody who has to plan one trip learns more of a spreadsheet than in a day of lessons.",
            action: "Name one thing that you want to be able to do by the end of the month.",
        },
        Idea {
            heading: "Practise a Little and Often",
            point: "Twenty minutes a day beat one long Saturday. The pauses in between are part of the work.",
            example: "A few lines each morning, before the mail is opened, add up within a season.",
            action: "Tie the practice to something you do every day anyway.",
        },
        Idea {
            heading: "Explain It to Somebody",
            point: "We notice what we have not understood when we try to say it. A listener is the best test.",
            example: "Two colleagues tell each other on Fridays what they learned, in three minutes each.",
            action: "Find a partner and agree on a first date.",
        },
        Idea {
            heading: "Welcome the Useful Mistake",
            point: "A mistake shows precisely where to look. It helps only where nobody has to hide it.",
            example: "A teacher begins with her own best error, and the questions come on their own.",
            action: "Keep a short list of mistakes and what each of them taught you.",
        },
        Idea {
            heading: "Use It Within a Week",
            point: "New knowledge fades quickly. Using it once, however small, makes it yours.",
            example: "The tip from Monday's course is tried out in Thursday's meeting.",
            action: "After each lesson, write down when and where you will use it.",
        },
    ],
};

const TEAMS: Field = Field {
    triggers: &[
        "team",
        "teams",
        "leadership",
        "leader",
        "leaders",
        "manager",
        "managers",
        "management",
        "culture",
        "hiring",
        "hire",
        "onboarding",
        "employee",
        "employees",
        "people",
        "colleagues",
        "motivation",
        "diversity",
        "interview",
        "interviews",
        "recruiting",
        "work",
        "workplace",
    ],
    terms: &["team work", "clear roles", "good onboarding", "team culture"],
    reference: ("team building", "https://en.wikipedia.org/wiki/Team_building"),
    ideas: &[
        Idea {
            heading: "Make It Clear Who Decides",
            point: "Most quarrels are about who may decide and few about the matter. One name next to each question brings calm.",
            example: "The designer decides on the picture, the editor on the words, and both know it beforehand.",
            action: "List the decisions of the last month and put one name to each kind.",
        },
        Idea {
            heading: "Give Feedback While It Can Help",
            point: "Praise and critique age badly. Said on the same day, they are about the work and not about the person.",
            example: "After the talk, one thing to keep and one thing to try next time, in two minutes.",
            action: "Ask someone for feedback yourself today, and the others will follow.",
        },
        Idea {
            heading: "Hire for the Next Problem",
            point: "It is tempting to look for someone like the one who left. The work has moved on since then.",
            example: "A team that lost an event planner finds that it now needs a person for online talks.",
            action: "Write down what the new person should have solved after six months.",
        },
        Idea {
            heading: "Plan the First Week of a Newcomer",
            point: "The first days tell people whether they were expected. A plan, a desk and a small real task say yes.",
            example: "On the second day the new colleague sends a first small improvement to a customer.",
            action: "Name one person who is there for questions and clear that person's calendar a little.",
        },
        Idea {
            heading: "Celebrate Finished Things",
            point: "Work that is never marked as done feels endless. A short pause gives everyone strength for the next part.",
            example: "On Fridays each person shows one thing that was finished, however small.",
            action: "End this week with ten minutes for what is done and leave the open points for Monday.",
        },
    ],
};
