//! Machines, software, safety and the web.

use super::{Field, Idea};

pub(super) const FIELDS: &[Field] = &[AI, SECURITY, SOFTWARE, WEB];

const AI: Field = Field {
    triggers: &[
        "ai", "automation", "automate", "automated", "automating", "chatgpt", "llm", "llms", "agents", "agent", "bots", "chatbot",
        "chatbots", "generative", "artificial", "machine", "copilot", "prompts", "prompting",
    ],
    terms: &["AI tools", "task automation", "AI workflow", "human review"],
    reference: ("artificial intelligence", "https://en.wikipedia.org/wiki/Artificial_intelligence"),
    ideas: &[
        Idea {
            heading: "Get to a First Draft Sooner",
            point: "The blank page is where hours go. A tool that writes a rough first version lets people start with editing, which is faster and easier to share.",
            example: "A product page that used to begin with a meeting now begins with three rough versions, and the team picks the one worth fixing.",
            action: "Choose one kind of text that you write every week and let the tool write only the first version of it.",
        },
        Idea {
            heading: "Turn One Piece Into Many",
            point: "Good work is often used once and then forgotten. Software can cut a long piece into short ones, so the same effort is seen in more places.",
            example: "One customer interview becomes an article, four short posts and two answers for the help page, and a person checks each of them.",
            action: "Take your best piece of last quarter and list five smaller things that could be made from it.",
        },
        Idea {
            heading: "Stop Paying for Clicks That Go Nowhere",
            point: "Some of the money spent on ads reaches people who will never buy. A model that reads your own results can point to the groups and hours that bring nothing.",
            example: "A small shop finds that its late-night ads bring visits but no orders, and moves that money to the early evening.",
            action: "Export last month's results and ask for the ten lines with the most spend and the least return.",
        },
        Idea {
            heading: "Answer Routine Questions at Once",
            point: "Many questions come back every day in almost the same words. A checked set of answers can handle those, and people keep their time for the hard ones.",
            example: "Questions about delivery times get an answer in seconds, while a complaint goes straight to a person who can solve it.",
            action: "Collect the twenty questions you hear most and write one good answer to each before you automate anything.",
        },
        Idea {
            heading: "Test More Ideas for the Same Money",
            point: "Tests are often skipped because each version takes work. When versions are cheap to make, you can test first and spend later.",
            example: "Instead of arguing about two headlines, a team shows six of them to a small group and puts the budget behind the one that wins.",
            action: "Pick one page or mail, make four versions of its first line, and decide in advance how you will choose.",
        },
        Idea {
            heading: "Let Reports Write Themselves",
            point: "Copying figures into slides is slow work that nobody enjoys. A machine can gather the numbers, and people can spend the hour on what they mean.",
            example: "Every Monday the figures stand in one page before the meeting begins, with the three largest changes on top.",
            action: "List the reports that nobody would miss, drop them, and automate the one that everybody reads.",
        },
        Idea {
            heading: "Keep a Person at the Gate",
            point: "Speed is worth little when a mistake goes public. A short check by a person is the cheapest insurance you can buy.",
            example: "A draft with a wrong price costs a minute to fix at the gate and a week to explain once it is out.",
            action: "Write down which things a machine may send alone and which ones need a name next to them.",
        },
        Idea {
            heading: "Start Small and Count the Hours",
            point: "Large projects hide their cost. A small one shows within weeks whether the tool saves time or only moves it around.",
            example: "One team times a task by hand for two weeks, then with the tool for two weeks, and has its answer.",
            action: "Choose a task with a clear start and end, time it now, and set a date to time it again.",
        },
    ],
};

const SECURITY: Field = Field {
    triggers: &[
        "security", "secure", "privacy", "gdpr", "password", "passwords", "phishing", "backup", "backups", "cyber", "cybersecurity",
        "hackers", "compliance", "encryption",
    ],
    terms: &["data protection", "access rights", "security checklist", "incident plan"],
    reference: ("information security", "https://en.wikipedia.org/wiki/Information_security"),
    ideas: &[
        Idea {
            heading: "Know What You Have to Protect",
            point: "You cannot guard what you have not listed. Most gaps sit in places that people have stopped looking at.",
            example: "An old form on a forgotten page still collects names, and nobody remembers who reads them.",
            action: "Write one list of systems, the data in them, and the person who answers for each.",
        },
        Idea {
            heading: "Give Each Person Only What They Need",
            point: "Wide access is handy until an account is lost. Narrow rights turn a large problem into a small one.",
            example: "A helper who joined for one project could still read every contract a year later.",
            action: "Go through the people with full rights and ask of each whether the work still needs them.",
        },
        Idea {
            heading: "Make the Safe Way the Easy Way",
            point: "People go around rules that slow them down. A safe tool that is also quick wins without a lecture.",
            example: "Once the password manager fills in the login, the notes with passwords on the screen disappear.",
            action: "Find the rule that is broken most often and change the tool before you repeat the rule.",
        },
        Idea {
            heading: "Practise the Bad Day",
            point: "A plan that was never tried is a hope. One calm rehearsal shows what is missing.",
            example: "A team tries to restore a backup on a quiet afternoon and learns that the key is on the lost laptop.",
            action: "Set aside two hours, pretend that one system is gone, and write down each surprise.",
        },
        Idea {
            heading: "Speak Early When Something Goes Wrong",
            point: "Mistakes get worse in silence. Where people may report without blame, trouble is found while it is small.",
            example: "Someone who clicked a strange link says so within a minute, and the account is closed before harm is done.",
            action: "Name one place to report to and thank the first person who uses it.",
        },
    ],
};

const SOFTWARE: Field = Field {
    triggers: &[
        "software", "code", "coding", "developer", "developers", "engineering", "engineers", "api", "apis", "app", "apps", "cloud",
        "database", "databases", "postgres", "rust", "python", "java", "testing", "tests", "migration", "kubernetes", "devops",
        "programming", "bugs", "technology", "tech", "saas", "open-source",
    ],
    terms: &["technical debt", "release process", "code review", "small releases"],
    reference: ("software engineering", "https://en.wikipedia.org/wiki/Software_engineering"),
    ideas: &[
        Idea {
            heading: "Name the Problem Before the Tool",
            point: "Tools are easy to compare and problems are not. A plain sentence about the problem saves months of work on the wrong answer.",
            example: "A team that wanted a new database found that one missing index was the whole trouble.",
            action: "Write the problem in one sentence without naming a product, and show it to the people who have it.",
        },
        Idea {
            heading: "Release in Small Steps",
            point: "A small change is easy to check and easy to take back. A large one hides its faults among many others.",
            example: "Ten small releases in a week cause less trouble than one large release at the end of the month.",
            action: "Cut the next change in half and ship the first half on its own.",
        },
        Idea {
            heading: "Write the Test That Would Have Caught It",
            point: "Every fault is a lesson that has already been paid for. A test keeps the lesson after people have moved on.",
            example: "A date that broke once in February never breaks again, because a test asks about it every day.",
            action: "Take the last fault that reached a user and add one test before you fix anything else.",
        },
        Idea {
            heading: "Keep the Way Back Open",
            point: "Confidence comes from knowing that a step can be undone. Teams with a way back move faster, not slower.",
            example: "The old and the new system run side by side for two weeks, and a switch decides which one answers.",
            action: "Ask of the next change how it would be undone, and try that once before it is needed.",
        },
        Idea {
            heading: "Explain It to the Next Person",
            point: "Code is read far more often than it is written. A few clear sentences save the next reader an afternoon.",
            example: "A short note on why a step is slow on purpose stops three people from making it fast and wrong.",
            action: "Pick the part that only one person understands and have a second person write its page.",
        },
    ],
};

const WEB: Field = Field {
    triggers: &[
        "website", "websites", "web", "design", "ux", "ui", "landing", "page", "pages", "accessibility", "accessible", "mobile", "shop",
        "ecommerce", "e-commerce", "checkout", "homepage", "store", "online",
    ],
    terms: &["user experience", "page speed", "clear navigation", "landing page"],
    reference: ("web accessibility", "https://en.wikipedia.org/wiki/Web_accessibility"),
    ideas: &[
        Idea {
            heading: "Say What It Is in the First Line",
            point: "Visitors decide quickly whether they are in the right place. The first line should tell them, in words they would use.",
            example: "A page that opens with what it sells and for whom needs no second look to be understood.",
            action: "Show the top of the page to someone for a few seconds and ask what is on offer.",
        },
        Idea {
            heading: "Give Each Page One Job",
            point: "A page with five goals reaches none of them. One clear next step helps the visitor and makes results easy to read.",
            example: "A sign-up page loses its menu and its three banners, and people finish what they came for.",
            action: "Write the job of each important page next to its address and remove what does not serve it.",
        },
        Idea {
            heading: "Make It Fast Before You Make It Pretty",
            point: "Waiting feels longer than it is. A plain page that appears at once beats a fine one that comes late.",
            example: "A large picture at the top was shrunk, and the page now opens before the visitor can leave.",
            action: "Open your main page on an old phone with a weak signal and write down what you wait for.",
        },
        Idea {
            heading: "Build It for Everyone",
            point: "Clear text, strong contrast and working keys help people with a handicap. They help everybody else too.",
            example: "Text that can be read in bright sun on a phone is also easier to read at a desk.",
            action: "Use your own page for ten minutes with the keyboard only and fix the first place where you get stuck.",
        },
        Idea {
            heading: "Watch Someone Use It",
            point: "What seems clear to the makers is often a puzzle to others. One person at the screen teaches more than a long debate.",
            example: "Three visitors in a row look for the price in the wrong place, so the price moves there.",
            action: "Ask one customer to do one task while you watch and say nothing.",
        },
    ],
};
