//! Beyond the office: the planet, food, health and journeys.

use super::{Field, Idea};

pub(super) const FIELDS: &[Field] = &[GREEN, FOOD, HEALTH, TRAVEL];

const GREEN: Field = Field {
    triggers: &[
        "sustainable",
        "sustainability",
        "green",
        "energy",
        "climate",
        "carbon",
        "recycling",
        "environment",
        "solar",
        "eco",
        "electric",
        "emissions",
    ],
    terms: &["energy use", "green habits", "less waste", "honest claims"],
    reference: ("sustainability", "https://en.wikipedia.org/wiki/Sustainability"),
    ideas: &[
        Idea {
            heading: "Find the Largest Share First",
            point: "Good intentions often go to the things we see. The largest share may sit in a boiler room or a delivery van.",
            example: "A shop worries about paper cups until the heating bill shows where the real amount is.",
            action: "Rank your five largest uses of energy or material, roughly, before you change anything.",
        },
        Idea {
            heading: "Use Less Before You Use Better",
            point: "The cleanest thing is the one you do not need. Saving comes first because it also lowers the bill.",
            example: "Lights that go off by themselves cost little and work from the first evening.",
            action: "Walk through the rooms after closing time and note everything that is still running.",
        },
        Idea {
            heading: "Make Things Last",
            point: "Repair is often cheaper than it looks. Each year of extra use saves a purchase.",
            example: "A set of chairs gets new seats and stays for another ten years.",
            action: "Ask for the price of a repair before the next replacement.",
        },
        Idea {
            heading: "Choose Suppliers Who Show Their Work",
            point: "A label is a start, and an open answer is better. Those who know their numbers like to share them.",
            example: "One supplier sends a page on where the cotton comes from, another sends a slogan.",
            action: "Ask your three largest suppliers one and the same question and compare the answers.",
        },
        Idea {
            heading: "Talk About It Honestly",
            point: "Big green words make people suspicious. Small true ones, with the open points, are believed.",
            example: "“We have changed the boxes, and we are still looking for a better tape” is a line that people trust.",
            action: "Write what you have done, what you have not done yet, and by when you will.",
        },
    ],
};

const FOOD: Field = Field {
    triggers: &[
        "coffee",
        "food",
        "restaurant",
        "restaurants",
        "cooking",
        "recipe",
        "recipes",
        "bakery",
        "bread",
        "tea",
        "kitchen",
        "wine",
        "lunch",
        "breakfast",
        "cafe",
        "café",
        "espresso",
        "chocolate",
    ],
    terms: &["fresh ingredients", "simple recipes", "good taste", "local suppliers"],
    reference: ("cooking", "https://en.wikipedia.org/wiki/Cooking"),
    ideas: &[
        Idea {
            heading: "Buy Less and Buy Fresh",
            point: "Good taste begins at the market. A few fresh things need little help.",
            example: "A tomato in season, salt and good oil make a dish that needs no recipe.",
            action: "Ask what came in today before you decide what to make.",
        },
        Idea {
            heading: "Master One Thing at a Time",
            point: "A long menu spreads care thin. One thing done well is what guests tell others about.",
            example: "A small place that is known for a single soup is full at noon.",
            action: "Make the same dish five times and change one thing each time.",
        },
        Idea {
            heading: "Measure Before You Guess",
            point: "Experience is a feeling that was once a measurement. A scale makes a good result happen again.",
            example: "The same weight of beans and the same amount of water end the argument about the morning cup.",
            action: "Write down what you did the next time it turns out well.",
        },
        Idea {
            heading: "Set the Table With Care",
            point: "We taste with our eyes and with the room around us. A little order makes simple things special.",
            example: "A clean cup, a glass of water and a seat by the window do more than a pattern in the foam.",
            action: "Sit where your guests sit and look at what they look at.",
        },
        Idea {
            heading: "Waste Nothing That Is Good",
            point: "Leftovers are ingredients with a short memory. Using them saves money and brings new ideas.",
            example: "Yesterday's bread becomes today's crumbs, and people ask what is in them.",
            action: "Keep a list on the door of what has to be used first.",
        },
    ],
};

const HEALTH: Field = Field {
    triggers: &[
        "health",
        "healthy",
        "fitness",
        "sleep",
        "stress",
        "wellbeing",
        "well-being",
        "wellness",
        "exercise",
        "running",
        "yoga",
        "burnout",
        "mental",
        "patients",
        "nutrition",
        "sport",
    ],
    terms: &["healthy habits", "better sleep", "less stress", "daily movement"],
    reference: ("well-being", "https://en.wikipedia.org/wiki/Well-being"),
    ideas: &[
        Idea {
            heading: "Begin Smaller Than You Want",
            point: "Large plans are made on good days and broken on bad ones. A small step survives both.",
            example: "Ten minutes of walking after lunch still happen in the week in which everything goes wrong.",
            action: "Choose a step so small that you would be ashamed to skip it.",
        },
        Idea {
            heading: "Make the Evening Calm",
            point: "A good day begins the night before. Screens and open tasks travel with us into bed.",
            example: "The telephone sleeps in the kitchen, and a book lies in its place.",
            action: "Pick a time at which the day is over and tell the people around you.",
        },
        Idea {
            heading: "Move Through the Day",
            point: "One hour of sport does not undo nine hours of sitting. Short breaks are easy and add up.",
            example: "Calls are taken on foot, and the printer stands at the far end of the corridor.",
            action: "Tie one minute of movement to something that happens every hour.",
        },
        Idea {
            heading: "Find Company",
            point: "Promises to others are easier to keep than promises to ourselves. Company also makes it pleasant.",
            example: "Two neighbours meet on Tuesdays at seven, and neither wants to be the one who cancels.",
            action: "Ask one person today whether they would join you once.",
        },
        Idea {
            heading: "Ask Someone Who Knows",
            point: "General advice fits nobody in particular. For a real complaint, a professional is the right address.",
            example: "Pain that stays for weeks belongs in a practice and not in a search box.",
            action: "Write down your questions before the appointment and take the list with you.",
        },
    ],
};

const TRAVEL: Field = Field {
    triggers: &[
        "travel",
        "travelling",
        "traveling",
        "trip",
        "trips",
        "hotel",
        "hotels",
        "tourism",
        "tourists",
        "city",
        "cities",
        "journey",
        "vacation",
        "holiday",
        "holidays",
        "guests",
        "flight",
        "flights",
        "train",
    ],
    terms: &["travel plans", "local tips", "slow travel", "guest experience"],
    reference: ("tourism", "https://en.wikipedia.org/wiki/Tourism"),
    ideas: &[
        Idea {
            heading: "Leave Room in the Plan",
            point: "A full schedule leaves no space for what you came for. The best hour is often the one without a ticket.",
            example: "A free afternoon leads to a small workshop that no guide had on its list.",
            action: "Plan two things a day and leave the rest open.",
        },
        Idea {
            heading: "Ask the People Who Live There",
            point: "Those who live in a place know what is open, quiet and good. They are glad to be asked.",
            example: "The woman at the bakery names the bench with the view.",
            action: "Ask one local question each day that begins with “where would you go”.",
        },
        Idea {
            heading: "Travel Outside the Rush",
            point: "The same place is a different one in another month or at another hour. Quiet is often cheaper too.",
            example: "At eight in the morning the old bridge belongs to those who got up.",
            action: "Move one visit of your plan to the early morning.",
        },
        Idea {
            heading: "Pack for the Bad Weather",
            point: "Good weather needs no plan. A dry jacket and a second idea save the other days.",
            example: "Rain turns the hike into a day in the baths, because somebody had written down the opening hours.",
            action: "Note one indoor place for each day that you want to spend outside.",
        },
        Idea {
            heading: "Bring the Story Home",
            point: "A journey is remembered in scenes. A few lines in the evening keep them.",
            example: "Three sentences a day, written at the table, are worth more than a thousand pictures.",
            action: "Take a small notebook and write down one thing that you heard each day.",
        },
    ],
};
