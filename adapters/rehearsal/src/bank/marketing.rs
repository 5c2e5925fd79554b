//! Words, mails, search, social channels, brand, campaigns and events.

use super::{Field, Idea};

pub(super) const FIELDS: &[Field] = &[EMAIL, SEARCH, SOCIAL, BRAND, EVENTS, CONTENT, CAMPAIGNS];

const EMAIL: Field = Field {
    triggers: &["email", "emails", "e-mail", "newsletter", "newsletters", "mail", "mails", "inbox", "mailing"],
    terms: &["subject line", "mailing list", "newsletter ideas", "welcome mail"],
    reference: ("email marketing", "https://en.wikipedia.org/wiki/Email_marketing"),
    ideas: &[
        Idea {
            heading: "Write to One Reader",
            point: "A mail to everyone sounds like a notice. A mail to one person you can picture sounds like a letter.",
            example: "The writer thinks of one customer by name, and the first line turns from news about us into help for her.",
            action: "Choose one real reader, write the next issue to that person, and take the name out at the end.",
        },
        Idea {
            heading: "Promise One Thing in the Subject",
            point: "The subject line is a promise. When it is clear and kept, people open the next one as well.",
            example: "“Three ways to shorten a meeting” is opened by those who sit in too many of them.",
            action: "Write the subject first and cut everything from the mail that does not keep it.",
        },
        Idea {
            heading: "Keep a Steady Rhythm",
            point: "A good mail at a known time becomes a habit. Long gaps followed by three in a week become a reason to leave.",
            example: "Every second Thursday, before lunch, one page and never more.",
            action: "Pick a rhythm that you could keep in your busiest month and tell your readers what it is.",
        },
        Idea {
            heading: "Make Leaving Easy",
            point: "A reader who wants to go and cannot will mark you as a nuisance. An open door keeps the list honest.",
            example: "One click, one friendly sentence, and the address is gone for good.",
            action: "Leave your own list once and count the steps it takes.",
        },
        Idea {
            heading: "Ask for an Answer",
            point: "A mail that people reply to is a conversation. Replies tell you what to write next, in words that readers use.",
            example: "A closing question about the hardest part of the week brings a dozen ideas for the next issue.",
            action: "End the next issue with one question and answer everyone who writes back.",
        },
    ],
};

const SEARCH: Field = Field {
    triggers: &[
        "seo",
        "search",
        "google",
        "keyword",
        "keywords",
        "ranking",
        "rankings",
        "rank",
        "organic",
        "backlinks",
        "snippets",
    ],
    terms: &["search intent", "page titles", "internal links", "helpful content"],
    reference: ("search engine optimization", "https://en.wikipedia.org/wiki/Search_engine_optimization"),
    ideas: &[
        Idea {
            heading: "Answer the Question Behind the Words",
            point: "Two people can type the same words and want different things. A page that meets the wish behind them is read to the end.",
            example: "Someone who types a tool's name and the word price wants a figure, not a history of the firm.",
            action: "Type your main term yourself and write down what the first pages have in common.",
        },
        Idea {
            heading: "Use the Reader's Own Words",
            point: "Experts and beginners name things in different ways. The page should speak the language of the one who searches.",
            example: "The shop says footwear, its customers say boots, and only one of those is typed.",
            action: "Collect ten phrases from mails and calls and use them in your headings.",
        },
        Idea {
            heading: "Improve the Page You Have",
            point: "A new page starts from nothing. An old one that almost does its job may need one honest hour.",
            example: "A guide from two years ago gets a clear first paragraph and fresh pictures, and is useful again.",
            action: "Find three old pages on your best subjects and bring the weakest one up to date.",
        },
        Idea {
            heading: "Link Like a Good Host",
            point: "Links show readers the way to the next answer. They also show how your pages belong together.",
            example: "At the end of a guide on choosing, a link leads to the page on setting up, because that comes next.",
            action: "Add two links to each important page, each of them where a reader would want to go on.",
        },
        Idea {
            heading: "Be Patient and Keep Notes",
            point: "Search takes its time. Without notes you will not know which of your changes did the work.",
            example: "A simple list of dates and changes explains a rise that came six weeks later.",
            action: "Start a page with three columns for the date, the change and what you expect from it.",
        },
    ],
};

const SOCIAL: Field = Field {
    triggers: &[
        "social",
        "linkedin",
        "instagram",
        "twitter",
        "tiktok",
        "facebook",
        "youtube",
        "followers",
        "community",
        "communities",
        "influencer",
        "influencers",
        "video",
        "videos",
        "podcast",
        "podcasts",
        "hashtag",
        "hashtags",
    ],
    terms: &["social media plan", "online community", "post ideas", "short video"],
    reference: ("social media marketing", "https://en.wikipedia.org/wiki/Social_media_marketing"),
    ideas: &[
        Idea {
            heading: "Choose One Place and Be Good There",
            point: "Being everywhere means being late everywhere. One channel with real care beats five on autopilot.",
            example: "A law firm leaves four networks and answers every comment on the fifth.",
            action: "Look at where your last good conversation took place and put your time there for a month.",
        },
        Idea {
            heading: "Give Before You Ask",
            point: "Feeds are full of requests. A post that helps is kept, shared and remembered.",
            example: "A short list of mistakes to avoid is saved by people who would have scrolled past an offer.",
            action: "Plan four helpful posts for each one that asks for something.",
        },
        Idea {
            heading: "Let People Speak, Not Logos",
            point: "People follow people. A face and a first name make it easier to trust what is said.",
            example: "The engineer who built it explains it in a minute, and the questions under the post are better than ever.",
            action: "Find one colleague who likes to explain things and help with the first three posts.",
        },
        Idea {
            heading: "Answer Quickly and Kindly",
            point: "The talk below a post is worth more than the post. An answer shows everyone else that someone is at home.",
            example: "A sharp comment receives a calm reply within the hour, and the critic stays as a reader.",
            action: "Set two short times a day for answers and keep them like any other meeting.",
        },
        Idea {
            heading: "Keep What Works and Use It Again",
            point: "Most followers see a post once or not at all. A good one can come back in a new form.",
            example: "A thread from spring returns as a picture in autumn and finds readers who missed it.",
            action: "Mark your five best posts and plan a second life for each of them.",
        },
    ],
};

const BRAND: Field = Field {
    triggers: &[
        "brand",
        "brands",
        "branding",
        "voice",
        "identity",
        "trust",
        "reputation",
        "positioning",
        "tone",
        "logo",
        "rebrand",
        "awareness",
    ],
    terms: &["brand voice", "brand trust", "style guide", "clear message"],
    reference: ("brand management", "https://en.wikipedia.org/wiki/Brand_management"),
    ideas: &[
        Idea {
            heading: "Decide What You Stand For",
            point: "A brand that means everything means nothing. One clear idea gives everyone in the house the same compass.",
            example: "A maker of bags stands for things that can be repaired, and each page, label and reply says so.",
            action: "Finish the sentence “people come to us because”, and do it without the word “quality”.",
        },
        Idea {
            heading: "Sound Like Yourself Everywhere",
            point: "Readers notice when the website jokes and the invoice barks. The same voice in small places builds trust.",
            example: "Even the error page speaks in the friendly, plain tone that people know from the shop.",
            action: "Read five texts from five places aloud and mark where the voice changes.",
        },
        Idea {
            heading: "Write Rules That Fit on One Page",
            point: "A thick book of rules is opened once. One page with examples lies on the desk.",
            example: "On the left a sentence as we would not say it, on the right the same one as we do.",
            action: "Collect ten such pairs from your own texts and leave out the theory.",
        },
        Idea {
            heading: "Show Proof Instead of Praise",
            point: "Strong words about yourself make readers careful. A fact, a name or a picture makes them curious.",
            example: "“We answer within a day, and here are last week's times” says more than any promise of great service.",
            action: "Replace each adjective on your main page with something that a reader could check.",
        },
        Idea {
            heading: "Be the Same on a Bad Day",
            point: "Trust is built in calm weeks and tested in a bad one. What you say first is what people remember.",
            example: "A late delivery is announced before anyone asks, with the reason and the new date.",
            action: "Draft the first three sentences you would say if something went wrong tomorrow.",
        },
    ],
};

const EVENTS: Field = Field {
    triggers: &[
        "event",
        "events",
        "webinar",
        "webinars",
        "conference",
        "conferences",
        "meetup",
        "meetups",
        "trade",
        "fair",
        "workshop",
        "workshops",
        "sponsors",
        "speakers",
    ],
    terms: &["event plan", "event follow-up", "guest list", "event program"],
    reference: ("event management", "https://en.wikipedia.org/wiki/Event_management"),
    ideas: &[
        Idea {
            heading: "Know Why People Should Come",
            point: "A date and a room are no reason to travel. People come for someone to meet, something to learn or a problem to solve.",
            example: "The invitation names one question that the evening will answer, and the right people sign up.",
            action: "Write the reason to come in one sentence and test it on three possible guests.",
        },
        Idea {
            heading: "Plan the Breaks With Care",
            point: "Many of the best talks happen between the talks. Give them time, space and something to begin with.",
            example: "Round tables with a subject on a card help guests who know nobody to join in.",
            action: "Make every break ten minutes longer than seems right.",
        },
        Idea {
            heading: "Rehearse the First Five Minutes",
            point: "A calm start gives guests confidence in the rest. Most small disasters happen right at the door.",
            example: "The team walks the way of a guest from the street to the seat and finds two missing signs.",
            action: "Do one full run of arrival, sound and welcome on the evening before.",
        },
        Idea {
            heading: "Give Each Guest a Next Step",
            point: "The warm feeling is gone in two days. A small next step keeps the contact alive.",
            example: "Those who asked about the tool get a date for a short look at it, not a brochure.",
            action: "Prepare the message for the day after before the event begins.",
        },
        Idea {
            heading: "Write Down What You Would Change",
            point: "Memory smooths everything over by Monday. Notes from the same night are honest.",
            example: "Coffee too late, the second room too cold, the open questions a great success.",
            action: "Meet for twenty minutes right after the end and write three things to keep and three to change.",
        },
    ],
};

const CONTENT: Field = Field {
    triggers: &[
        "content",
        "blog",
        "blogs",
        "blogging",
        "article",
        "articles",
        "writing",
        "write",
        "writer",
        "writers",
        "story",
        "stories",
        "storytelling",
        "copy",
        "copywriting",
        "editorial",
        "headlines",
        "headline",
        "calendar",
    ],
    terms: &["content plan", "editorial calendar", "clear writing", "content ideas"],
    reference: ("content marketing", "https://en.wikipedia.org/wiki/Content_marketing"),
    ideas: &[
        Idea {
            heading: "Begin With a Question Someone Asked",
            point: "The best subjects come from real people. A question that was asked once has been on the mind of many.",
            example: "A mail that began with “sorry if this is a silly question” turned into the most useful page on the site.",
            action: "Ask sales and support for the last five questions they had to think about.",
        },
        Idea {
            heading: "Say the Main Thing First",
            point: "Readers are busy and skim. If the first lines hold the answer, they read on for the reasons.",
            example: "A report opens with its advice, and the way there follows for those who want it.",
            action: "Move your last paragraph to the top and see whether the text gets better.",
        },
        Idea {
            heading: "Show One Real Case",
            point: "Advice is forgotten, and stories stay. One case with a beginning and an end makes a point that people can retell.",
            example: "Instead of five tips about planning, one bakery tells how it plans its Saturdays.",
            action: "Find one person who has done it and ask what happened first, next and last.",
        },
        Idea {
            heading: "Cut a Third",
            point: "A first version is written for the writer. Cutting turns it into something for the reader.",
            example: "Three introductions become one, and nobody misses the other two.",
            action: "Count the words, take a third away, and read it aloud before you put anything back.",
        },
        Idea {
            heading: "Plan a Season, Not a Year",
            point: "A year of titles is out of date by spring. A season is long enough to plan and short enough to learn.",
            example: "Twelve weeks, one question a week, and a free week at the end to look at what was read.",
            action: "Write down twelve questions and put a name and a date to the first four.",
        },
        Idea {
            heading: "Look After What Is Published",
            point: "A piece is not finished on the day it appears. Old pieces bring readers for years if somebody cares for them.",
            example: "A list of tools is checked each spring, the dead ones go, and a new one comes in.",
            action: "Put a review date on each piece on the day you publish it.",
        },
    ],
};

const CAMPAIGNS: Field = Field {
    triggers: &[
        "campaign",
        "campaigns",
        "ads",
        "ad",
        "advertising",
        "leads",
        "lead",
        "funnel",
        "conversion",
        "conversions",
        "demand",
        "marketing",
        "marketers",
        "audience",
        "audiences",
        "promotion",
    ],
    terms: &["marketing plan", "campaign goals", "target audience", "marketing results"],
    reference: ("marketing", "https://en.wikipedia.org/wiki/Marketing"),
    ideas: &[
        Idea {
            heading: "Set One Goal That Can Be Missed",
            point: "A goal that cannot be missed is a wish. One clear number and one date make every later choice easier.",
            example: "Forty talks with new customers by the end of May is something that a team can steer by.",
            action: "Write down the number, the date and the person who will say whether it was reached.",
        },
        Idea {
            heading: "Pick the Audience You Can Help Most",
            point: "A narrow audience feels like a loss and works like a lens. The message gets sharper with each group you leave out.",
            example: "A tool for everyone becomes a tool for dentists, and its first page nearly writes itself.",
            action: "Describe one person, one day and one problem, and check each draft against them.",
        },
        Idea {
            heading: "Repeat One Message",
            point: "You will be tired of it long before your audience has heard it. A message that changes each week is never learned.",
            example: "The same sentence stands on the page, in the mail and on the slide, in slightly different clothes.",
            action: "Choose the sentence and keep it for the length of the campaign.",
        },
        Idea {
            heading: "Follow the Path to the End",
            point: "Many campaigns are won in the first step and lost in the third. Walk the whole way as a stranger would.",
            example: "A fine ad leads to a form with eleven fields, and that is where people stop.",
            action: "Click your own ad on your own phone and go on until you have done what you ask of others.",
        },
        Idea {
            heading: "Stop What Does Not Work",
            point: "Ending something feels like failure and frees your hands. The best campaigns are changed while they run.",
            example: "After two weeks one of three channels brings nothing, and its share moves to the other two.",
            action: "Agree before the start on the day you look at the figures and on what would make you stop.",
        },
    ],
};
