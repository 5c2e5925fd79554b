use super::*;
use crate::brand::Colours;
use crate::colour::{Colour, READABLE};

fn spec(title: &str, option: u8) -> HeaderSpec {
    HeaderSpec { title: title.into(), subtitle: "What marketing directors can do this quarter".into(), option }
}

fn brand() -> Brand {
    Brand { tagline: "Calm work, done together".into(), ..Brand::named("Bullpen") }
}

/// Writes the pictures to look at: `PICTURES=<folder> cargo test -p bullpen-skills -- --ignored contact`.
#[test]
#[ignore = "draws pictures for people to look at"]
fn contact_sheet() {
    let folder = std::env::var("PICTURES").expect("PICTURES names a folder");
    let titles = [
        "5 Ways AI Reduces Marketing Costs",
        "Grow",
        "How marketing directors at mid-sized software companies can cut the cost of acquiring a customer without losing leads this year",
    ];
    for (nth, title) in titles.iter().enumerate() {
        for option in 1..=OPTIONS {
            let picture = header(&spec(title, option), &brand()).expect("a picture");
            std::fs::write(format!("{folder}/{nth}-{option}.png"), picture.png).expect("written");
        }
    }
}

#[test]
fn every_design_is_a_png_of_the_stated_size_and_weight() {
    for option in 1..=OPTIONS {
        let picture = header(&spec("5 Ways AI Reduces Marketing Costs", option), &brand()).expect("a picture");
        assert_eq!(&picture.png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(picture.png[16..24], [0, 0, 6, 64, 0, 0, 3, 32], "1600 × 800 in the header chunk");
        assert!(picture.png.len() < 300_000, "{} bytes", picture.png.len());
        let svg = roxmltree::Document::parse(&picture.svg).expect("well-formed");
        assert!(
            svg.descendants().all(|node| !node.has_tag_name("text") && !node.has_tag_name("image")),
            "letters are outlines"
        );
        assert_eq!((picture.note, picture.alt.as_str()), (None, "Header picture: 5 Ways AI Reduces Marketing Costs"));
    }
}

#[test]
fn the_same_request_gives_the_same_picture_and_another_title_another() {
    for option in 1..=OPTIONS {
        let first = header(&spec("One title", option), &brand()).expect("a picture");
        assert_eq!(first, header(&spec("One title", option), &brand()).expect("a picture"));
        assert_ne!(first.png, header(&spec("Another one", option), &brand()).expect("a picture").png);
    }
}

#[test]
fn the_title_is_readable_in_any_brand_colours() {
    let primaries = ["#1f3a8a", "#ffffff", "#000000", "#ffdd00", "#808080", "#e11d48", "#16a34a", "#777777"];
    let papers = ["#ffffff", "#fbfaf7", "#808080", "#101014"];
    let copy = Copy::of(&spec("Readable", 1), &brand());
    for primary in primaries.map(|text| text.parse::<Colour>().expect("a colour")) {
        for paper in papers.map(|text| text.parse::<Colour>().expect("a colour")) {
            let colours = Colours { primary, paper, ..Colours::default() };
            for draw in [geometric::draw, waves::draw, editorial::draw] {
                let contrast = draw(&copy, &colours, &mut Dice::of("Readable")).title_contrast();
                assert!(contrast >= READABLE, "{primary} with {paper}: {contrast}");
            }
        }
    }
}

/// The stated contrast is what the pixels have: the ground around the title is one of the colours it was computed with.
#[test]
fn the_pixels_bear_the_contrast_out() {
    let bare = Brand::named("");
    for option in 1..=OPTIONS {
        let picture =
            header(&HeaderSpec { title: "H".into(), subtitle: String::new(), option }, &bare).expect("a picture");
        let tree = usvg::Tree::from_str(&picture.svg, &usvg::Options::default()).expect("valid");
        let mut pixels = tiny_skia::Pixmap::new(WIDTH, HEIGHT).expect("memory");
        resvg::render(&tree, tiny_skia::Transform::identity(), &mut pixels.as_mut());
        // Beside and on the stem of a single large letter at the title's left edge.
        let colours: Vec<Colour> = (80..250)
            .flat_map(|x| (230..460).step_by(3).map(move |y| (x, y)))
            .filter_map(|(x, y)| pixels.pixel(x, y))
            .map(|pixel| Colour::rgb(pixel.red(), pixel.green(), pixel.blue()))
            .collect();
        let most = colours.iter().map(|colour| colour.contrast(colours[0])).fold(1.0, f64::max);
        assert!(most >= READABLE, "option {option}: {most}");
    }
}

#[test]
fn hostile_titles_are_drawn_as_text_or_replaced() {
    let hostile = [
        "<script>alert(1)</script>",
        "\"/><image href=\"file:///etc/passwd\"/>",
        "a\u{0}b\u{1b}",
        "\u{202e}gnitekram",
        "日本語のタイトル",
        "مرحبا بالعالم",
        "🙂🙂🙂",
        "Снижаем расходы на маркетинг",
        "&amp;&#0;]]>",
        "",
        " ",
        "e\u{301}\u{301}\u{301}",
        "../../x",
    ];
    for title in hostile.into_iter().map(str::to_owned).chain([
        "x".repeat(10_000),
        "word ".repeat(2_000),
        "\u{301}".repeat(10_000),
    ]) {
        for option in 1..=1 + u8::from(title.len() > 1_000) * 2 {
            let picture = header(&spec(&title, option), &brand()).expect("a picture");
            assert!(!picture.svg.contains("<script") && !picture.svg.contains("<image"), "{title}");
            roxmltree::Document::parse(&picture.svg).expect("well-formed");
        }
    }
    assert!(header(&spec("日本語", 1), &brand()).expect("a picture").note.is_some());
    assert!(header(&spec("Снижаем расходы", 1), &brand()).expect("a picture").note.is_none());
}

#[test]
fn there_are_three_designs() {
    for option in [0, 4, 255] {
        let error = header(&spec("x", option), &brand()).expect_err("refused");
        assert!(error.to_string().contains("ask for 1, 2 or 3"));
    }
}
