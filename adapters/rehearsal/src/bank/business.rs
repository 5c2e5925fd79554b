//! Money, sales, customers, products and figures.

use super::{Field, Idea};

pub(super) const FIELDS: &[Field] = &[COSTS, PRICING, SALES, CUSTOMERS, LAUNCH, FIGURES];

const COSTS: Field = Field {
    triggers: &[
        "cost", "costs", "budget", "budgets", "spending", "savings", "cheaper", "expenses", "roi", "money", "invoice",
        "invoices", "finance",
    ],
    terms: &["marketing budget", "cost savings", "return on spend", "budget review"],
    reference: ("cost management", "https://en.wikipedia.org/wiki/Cost_accounting"),
    ideas: &[
        Idea {
            heading: "See Where the Money Goes",
            point: "Budgets are planned by line and spent by habit. A plain list of what was paid last quarter is often a surprise.",
            example: "Two teams find that they pay for the same tool under two names.",
            action: "Print the last three months of bills and mark each line as keep, question or drop.",
        },
        Idea {
            heading: "Cut the Work Before the Price",
            point: "A discount makes a useless task cheaper, but it stays useless. Leaving the task out saves all of it.",
            example: "A weekly report that nobody opened was dropped, and no one asked for it.",
            action: "Ask each person which task they would stop today if it were up to them.",
        },
        Idea {
            heading: "Pay for Results You Can See",
            point: "Money is easier to defend when it is tied to something that happened. Spending without a result to point at goes first in a hard year.",
            example: "An event is judged by the talks that followed it, not by the number of badges.",
            action: "Write next to each large cost the one result that would justify it.",
        },
        Idea {
            heading: "Use What You Already Own",
            point: "Most teams have more tools, texts and pictures than they remember. The cheapest one is the one that is already paid for.",
            example: "A folder of old photographs supplies a whole season of posts after one afternoon of sorting.",
            action: "Before the next purchase, spend half an hour looking for something you have that would do.",
        },
        Idea {
            heading: "Review It Every Quarter",
            point: "Costs creep back in quietly. A fixed date keeps the list short without a crisis.",
            example: "Four times a year the same three people go through the same page, and it takes one hour.",
            action: "Put the next review in the calendar now and invite the person who pays the bills.",
        },
    ],
};

const PRICING: Field = Field {
    triggers: &[
        "price",
        "prices",
        "pricing",
        "discount",
        "discounts",
        "subscription",
        "subscriptions",
        "fees",
        "margin",
        "margins",
    ],
    terms: &["pricing strategy", "price page", "clear offers", "customer value"],
    reference: ("pricing", "https://en.wikipedia.org/wiki/Pricing"),
    ideas: &[
        Idea {
            heading: "Price What the Customer Gets",
            point: "Your costs are your own concern. The customer compares the price with what changes for them.",
            example: "A repair that brings a shop back to work the same day is worth more than the hour it takes.",
            action: "Ask three customers what they would have done without you, and what that would have cost them.",
        },
        Idea {
            heading: "Offer Few Choices",
            point: "Too many options make people wait. Two or three that differ clearly are easier to sell and to explain.",
            example: "A list of nine plans becomes three, and the question of which one to take goes away.",
            action: "Put your offers side by side and merge the ones that you cannot tell apart in one sentence.",
        },
        Idea {
            heading: "Say the Price Early",
            point: "A hidden price costs trust. Those who cannot pay leave early, and that saves time for both sides.",
            example: "A studio puts a starting price on its page and has fewer calls, but better ones.",
            action: "Decide which figure you can show in public and put it where people look for it.",
        },
        Idea {
            heading: "Let a Discount Mean Something",
            point: "A discount that is always there is simply the price. Give one in return for something, and say what it is.",
            example: "A year paid in advance costs less, because it saves you eleven bills.",
            action: "List the discounts of the last months and write next to each what you received for it.",
        },
        Idea {
            heading: "Change It in the Open",
            point: "Prices have to move from time to time. People accept that when they hear it early and know why.",
            example: "A letter two months ahead, with the reason in one sentence, brings hardly a complaint.",
            action: "Draft the message about your next change before you need it.",
        },
    ],
};

const SALES: Field = Field {
    triggers: &[
        "sales",
        "sell",
        "selling",
        "prospects",
        "prospecting",
        "pipeline",
        "deals",
        "deal",
        "b2b",
        "crm",
        "closing",
        "negotiation",
        "revenue",
        "buyers",
        "buyer",
        "proposal",
        "proposals",
    ],
    terms: &["sales process", "first call", "buyer questions", "follow-up plan"],
    reference: ("the sales process", "https://en.wikipedia.org/wiki/Sales_process_engineering"),
    ideas: &[
        Idea {
            heading: "Listen Longer Than You Talk",
            point: "Buyers tell you how to help them if you leave room. The best notes of a call are in the buyer's own words.",
            example: "A seller who asks what happens if nothing changes hears the real reason within minutes.",
            action: "Write three open questions before the next call and ask them in the first ten minutes.",
        },
        Idea {
            heading: "Choose Fewer and Better Prospects",
            point: "A long list feels safe and wears people out. A short one gets the care that wins.",
            example: "Ten companies that share one problem teach you more than a hundred that share nothing.",
            action: "Describe your last three good customers and look for people who fit the same lines.",
        },
        Idea {
            heading: "Make the Next Step Small",
            point: "Nobody wants to decide everything at once. A small step is easy to say yes to and shows that you keep your word.",
            example: "Instead of a full contract, the first step is one week of work on one real case.",
            action: "End each talk with one date and one thing that both sides will do until then.",
        },
        Idea {
            heading: "Follow Up With Something New",
            point: "Asking whether they have decided is about you. Bringing something useful is about them.",
            example: "A short note on how a similar team solved a similar problem gets an answer, a reminder does not.",
            action: "Collect five small things worth sending and keep them ready for the second and third message.",
        },
        Idea {
            heading: "Learn From the Ones You Lose",
            point: "A lost deal has already cost its price. The reason behind it is the only thing left to gain.",
            example: "Two lost customers name the same missing answer, and the third one receives it in the first call.",
            action: "Call one lost prospect a month later and ask what would have changed their mind.",
        },
    ],
};

const CUSTOMERS: Field = Field {
    triggers: &[
        "customer",
        "customers",
        "client",
        "clients",
        "retention",
        "loyalty",
        "churn",
        "support",
        "service",
        "success",
        "feedback",
        "complaints",
        "satisfaction",
        "experience",
    ],
    terms: &["customer experience", "customer feedback", "good service", "repeat customers"],
    reference: ("customer experience", "https://en.wikipedia.org/wiki/Customer_experience"),
    ideas: &[
        Idea {
            heading: "Ask While It Is Fresh",
            point: "People remember how it felt for a short time only. A question on the same day brings an honest answer.",
            example: "One line after a delivery, asking what was harder than it should be, fills a page in a week.",
            action: "Choose one moment to ask at, and ask one question there.",
        },
        Idea {
            heading: "Fix the Cause, Not Only the Case",
            point: "A kind answer helps one person. Finding out why they had to ask helps everyone after them.",
            example: "The same question about an invoice stops once the invoice says what it is for.",
            action: "Sort last month's questions by reason and remove the most frequent reason first.",
        },
        Idea {
            heading: "Keep the First Promise",
            point: "The first weeks set the tone for years. A small promise that is kept is worth more than a large one.",
            example: "A call on the third day, as announced, tells a new customer that dates mean something here.",
            action: "List what you promise before the sale and check who keeps each promise after it.",
        },
        Idea {
            heading: "Notice Who Goes Quiet",
            point: "Few people complain before they leave. Silence is the sign that comes first.",
            example: "A customer who used to order each month skips two, and a friendly call finds the reason in time.",
            action: "Decide what quiet means in your case and look at that list once a week.",
        },
        Idea {
            heading: "Let Good Customers Speak",
            point: "A customer's own story is clearer than any slogan. Most are glad to tell it when someone asks with care.",
            example: "Half an hour on the phone gives a story that new visitors believe, because it has a name and a beginning.",
            action: "Ask one customer what they would tell a friend, and ask whether you may use their words.",
        },
    ],
};

const LAUNCH: Field = Field {
    triggers: &[
        "launch",
        "launches",
        "launching",
        "product",
        "products",
        "startup",
        "startups",
        "mvp",
        "roadmap",
        "innovation",
        "founder",
        "founders",
        "business",
        "businesses",
        "entrepreneurs",
        "growth",
        "strategy",
    ],
    terms: &["product launch", "early users", "launch plan", "product story"],
    reference: ("product management", "https://en.wikipedia.org/wiki/Product_management"),
    ideas: &[
        Idea {
            heading: "Find Ten People Who Want It",
            point: "A market begins with a few people who have the problem badly. If ten are hard to find, more will not be easier.",
            example: "A team talks to ten shop owners before it builds, and drops half of its plan with relief.",
            action: "Write down ten names, call them, and ask how they solve the problem today.",
        },
        Idea {
            heading: "Tell It as a Before and After",
            point: "People do not buy features. They buy a better version of a day they know well.",
            example: "Before, the list was copied by hand each evening. After, it is ready when the shop closes.",
            action: "Write two short paragraphs, one about the day without you and one about the day with you.",
        },
        Idea {
            heading: "Leave Things Out on Purpose",
            point: "A first version that does one thing well is easy to explain. Each extra makes the story longer.",
            example: "A booking tool starts with one calendar and no payments, and its users ask for payments in their own words.",
            action: "Move half of the list to later and see who misses what.",
        },
        Idea {
            heading: "Prepare the Second Week",
            point: "Everybody plans the first day. The second week decides whether people stay.",
            example: "Questions are answered, the first fault is fixed in public, and a small improvement comes out on the eighth day.",
            action: "Keep a third of your time free for the two weeks after the start.",
        },
        Idea {
            heading: "Decide What Would Change Your Mind",
            point: "Hope is a poor judge of its own plan. A sign that is agreed in advance makes the next choice easier.",
            example: "If fewer than half of the testers come back in a week, the team talks to them before it builds on.",
            action: "Write one sentence that begins with the words “we will stop if”, and date it.",
        },
    ],
};

const FIGURES: Field = Field {
    triggers: &[
        "data",
        "analytics",
        "metrics",
        "metric",
        "measure",
        "measuring",
        "measurement",
        "kpi",
        "kpis",
        "report",
        "reports",
        "reporting",
        "dashboard",
        "dashboards",
        "attribution",
        "numbers",
        "forecast",
        "statistics",
    ],
    terms: &["key figures", "clear reports", "data quality", "weekly review"],
    reference: ("performance indicators", "https://en.wikipedia.org/wiki/Performance_indicator"),
    ideas: &[
        Idea {
            heading: "Start With the Decision",
            point: "A figure is useful when it can change what you do. If no answer would change the plan, you can skip the question.",
            example: "The team wants to know which of two pages to improve, so it measures those two pages and nothing else.",
            action: "Write the decision at the top of the report and remove each chart that does not help it.",
        },
        Idea {
            heading: "Count Few Things Well",
            point: "Ten figures that everybody trusts beat a hundred that nobody checks. Trust comes from knowing how a number is made.",
            example: "Three figures on the wall, each with one line on where it comes from, end a year of debate.",
            action: "Choose the three you would keep if you had to, and write how each is counted.",
        },
        Idea {
            heading: "Compare Like With Like",
            point: "A number alone says little. It needs a past, a plan or a peer to stand next to.",
            example: "A quiet July looks bad beside June and fine beside the July before.",
            action: "Give each figure in your report one fair neighbour.",
        },
        Idea {
            heading: "Look at the Odd Ones",
            point: "Averages hide the interesting cases. The best and the worst result often teach more than the middle.",
            example: "One page brings most of the sign-ups, and reading it shows a sentence that the others lack.",
            action: "Open the top and the bottom result of last month and read them in full.",
        },
        Idea {
            heading: "Say What You Do Not Know",
            point: "A gap that is named can be closed. A gap that is covered up returns as a wrong decision.",
            example: "The report says in plain words that phone orders are not counted yet, and someone offers to count them.",
            action: "Add one line on what is missing to each report that you send.",
        },
    ],
};
