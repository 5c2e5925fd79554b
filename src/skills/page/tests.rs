use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn page() -> Page {
    Page {
        title: "5 Ways AI Reduces Marketing Costs".into(),
        description:
            "Five ways that small teams use today, with the numbers behind them and a plan to start this week.".into(),
        slug: "5-ways-ai-reduces-marketing-costs".into(),
        body: SAMPLE.into(),
        language: "en".into(),
        authors: vec!["Cass Copywriter".into()],
        reviewers: vec!["Edda Editor".into(), "Sam SEO".into()],
        keywords: vec!["AI marketing".into(), "costs".into()],
        picture: Some(Picture { file: "header.png".into(), alt: "Header picture".into(), width: 1600, height: 800 }),
        published: time("2026-03-02T16:00:00Z"),
        updated: None,
    }
}

const SAMPLE: &str = "Marketing costs rise where work is repeated. **AI takes over the repetition**, and leaves the judgement to people. \
Read our [price list](/pricing) or the [study](https://example.org/study) that this is based on.

## 1. Drafts in minutes

A first draft used to take a day. Now it takes minutes, and the day goes into making it good:

- one brief, three variants
- a tone that `brand.yaml` describes
- an editor who decides

> The cheapest campaign is the one that you do not have to run twice.

## 2. Budgets that follow results

| Channel | Before | After |
|---|---|---|
| Search | 4,200 | 3,100 |
| Mail | 900 | 650 |

### How to start

1. Pick one list.
2. Set one goal.
3. Measure for a week.

```sh
bullpen up
```
";

/// Writes the pages to look at: `PICTURES=<folder> cargo test -p bullpen-skills -- --ignored site`.
#[test]
#[ignore = "writes pages for people to look at"]
fn site() {
    let folder = std::path::PathBuf::from(std::env::var("PICTURES").expect("PICTURES names a folder"));
    let brand = Brand { tagline: "Calm work, done together".into(), ..Brand::named("Bullpen") };
    let mut teasers = Vec::new();
    for (nth, title) in [
        page().title.as_str(),
        "What a quiet launch taught us",
        "The newsletter that people answer",
        "A week of numbers",
    ]
    .iter()
    .enumerate()
    {
        let page = Page { title: (*title).into(), slug: crate::slug::slug(title), ..page() };
        let spec = crate::picture::HeaderSpec {
            title: page.title.clone(),
            subtitle: String::new(),
            option: (nth % 3) as u8 + 1,
        };
        let at = folder.join(&page.slug);
        std::fs::create_dir_all(&at).expect("a folder");
        std::fs::write(at.join("index.html"), article(&page, &brand)).expect("written");
        std::fs::write(at.join("header.png"), crate::picture::header(&spec, &brand).expect("a picture").png)
            .expect("written");
        teasers.push(page.teaser());
    }
    std::fs::write(folder.join("index.html"), index(&teasers, &brand)).expect("written");
}

#[test]
fn a_page_has_what_readers_and_search_engines_look_for() {
    let brand = Brand { site_url: Some("https://example.org/blog/".into()), ..Brand::named("Bullpen") };
    let html = article(&page(), &brand);
    let html = html.replace("&#x2f;", "/");
    for part in [
        "<html lang=\"en\">",
        "<title>5 Ways AI Reduces Marketing Costs · Bullpen</title>",
        "<meta name=\"description\" content=\"Five ways",
        "<link rel=\"canonical\" href=\"https://example.org/blog/5-ways-ai-reduces-marketing-costs/\">",
        "<meta property=\"og:image\" content=\"https://example.org/blog/5-ways-ai-reduces-marketing-costs/header.png\">",
        "<meta property=\"og:title\" content=\"5 Ways",
        "<img src=\"header.png\" alt=\"Header picture\" width=\"1600\" height=\"800\">",
        "By <b>Cass Copywriter</b>",
        "Reviewed by <b>Edda Editor, Sam SEO</b>",
        "<time datetime=\"2026-03-02T16:00:00Z\">2 March 2026</time><span>1 min read</span>",
        "<h2 id=\"1-drafts-in-minutes\">1. Drafts in minutes</h2>",
        "href=\"../feed.xml\"",
    ] {
        assert!(html.contains(part), "{part} is missing");
    }
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn a_page_asks_no_other_machine_for_anything() {
    let page = Page { body: "![x](https://example.org/x.png)\n\n<img src=https://example.org/y.png>".into(), ..page() };
    let html = article(&page, &Brand::named("Bullpen"));
    assert_eq!(html.matches("<img").count(), 1, "only the header picture, which lies beside the page");
    for part in ["<script", "<iframe", "url(", "@import", "rel=\"stylesheet\"", "og:image", "canonical"] {
        assert!(!html.contains(part), "{part}");
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let long = "x".repeat(10_000);
    for text in [
        "<script>alert(1)</script>",
        "\"><svg onload=alert(1)>",
        "a\u{0}b\u{8}",
        "\u{202e}gnp",
        "{{ 7*7 }}{% raw %}",
        "---\n\"\\\n...",
        &long,
    ] {
        let texts = vec![text.to_owned()];
        let hostile = Page {
            title: text.into(),
            description: text.into(),
            slug: format!("../{text}"),
            body: text.into(),
            language: text.into(),
            authors: texts.clone(),
            reviewers: texts.clone(),
            keywords: texts,
            picture: Some(Picture { file: format!("../{text}"), alt: text.into(), width: 1, height: 1 }),
            updated: Some(time("2026-03-03T00:00:00Z")),
            ..page()
        };
        let brand = Brand { tagline: text.into(), site_url: Some(format!("javascript:{text}")), ..Brand::named(text) };
        for html in [article(&hostile, &brand), index(&[hostile.teaser()], &brand)] {
            assert!(
                !html.contains("<script")
                    && !html.contains("<svg")
                    && !html.contains('\u{0}')
                    && !html.contains("javascript:"),
                "{text}"
            );
            assert!(!html.contains(">49<") && !html.contains("..&#x2f;&lt;"), "{text}");
        }
        front_matter_holds(&hostile);
    }
}

/// The head of the Markdown file, read by an independent parser, says what the page says.
fn front_matter_holds(page: &Page) {
    let file = markdown(page);
    let (head, body) = file.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n\n")).expect("a head");
    let head: serde_json::Value = serde_saphyr::from_str(head).expect("valid YAML");
    assert_eq!(head["title"], page.title);
    assert_eq!(head["description"], page.description);
    assert_eq!(head["slug"], crate::slug::slug(&page.slug));
    assert_eq!(head["authors"], serde_json::json!(page.authors));
    assert_eq!(head["keywords"], serde_json::json!(page.keywords));
    assert_eq!(head["date"], "2026-03-02T16:00:00Z");
    assert_eq!(body, format!("{}\n", page.body.trim_end()));
}

#[test]
fn the_markdown_file_says_what_the_page_says() {
    front_matter_holds(&page());
    assert!(markdown(&page()).contains("\nimage: \"header.png\"\n"));
    let separators = Page { title: "a\u{2028}b\u{85}c\u{7f}d\u{feff}e\r\n: #yes".into(), ..page() };
    front_matter_holds(&separators);
}

#[test]
fn the_list_shows_every_piece_or_that_there_is_none() {
    let brand = Brand::named("Bullpen");
    let html = index(&[page().teaser(), Teaser { picture: None, slug: "b".into(), ..page().teaser() }], &brand)
        .replace("&#x2f;", "/");
    assert_eq!(html.matches("<li class=\"card\">").count(), 2);
    assert!(
        html.contains("href=\"5-ways-ai-reduces-marketing-costs/index.html\"")
            && html.contains("href=\"b/index.html\"")
    );
    assert!(index(&[], &brand).contains("Nothing is published yet."));
}

#[test]
fn reading_time_counts_words() {
    assert_eq!(Page { body: String::new(), ..page() }.minutes(), 1);
    assert_eq!(Page { body: "word ".repeat(1_000), ..page() }.minutes(), 5);
}
