//! Avatars: an abstract portrait for each persona, with a sign of its role.
//!
//! Colours come from the persona's layer, so that rank is seen at a glance; hair, dress and glasses from its handle, so that it
//! keeps its face; the sign from the words of its handle. Everything is a path: no font, no script, no reference.

mod sign;

use resvg::{tiny_skia, usvg};

use crate::colour::Colour;
use crate::dice::Dice;
use crate::xml;

/// The avatar of the persona with this handle as an SVG document, 128 × 128 units, made to be legible at 32 pixels.
///
/// `name` is what a screen reader says. `layer` gives the family of colours: executive violet, management teal, specialists
/// coral; any other layer has a colour of its own. The same arguments give the same document.
pub fn avatar(handle: &str, name: &str, layer: &str) -> String {
    let mut dice = Dice::of(&format!("likeness of {handle}"));
    let tones = Tones::of(layer, &mut dice);
    let (hair, glasses, collar) = (dice.below(HAIR.len()), dice.below(3) == 0, dice.below(3));
    let (behind, front) = HAIR[hair];
    let Tones { back, glow, skin, shade, hair, dress, deep } = tones;
    let mut body = format!(
        r#"<rect width="128" height="128" fill="{back}"/><circle cx="60" cy="62" r="52" fill="{glow}"/><path d="{behind}" fill="{hair}"/><path d="M50 70h20v22a10 10 0 0 1-20 0z" fill="{shade}"/><path d="M12 128c0-26 20-39 48-39s48 13 48 39z" fill="{dress}"/>"#
    );
    body.push_str(&match collar {
        0 => format!(r#"<path d="M48 89l12 16 12-16-12 4z" fill="{skin}"/>"#),
        1 => format!(r#"<path d="M46 88h28v8a14 10 0 0 1-28 0z" fill="{deep}" opacity=".55"/>"#),
        _ => format!(r#"<path d="M50 89h20a10 9 0 0 1-20 0z" fill="{shade}"/>"#),
    });
    body.push_str(&format!(
        r#"<circle cx="60" cy="55" r="26" fill="{skin}"/><path d="{front}" fill="{hair}" stroke="{hair}"/><circle cx="51" cy="57" r="2.8" fill="{deep}"/><circle cx="69" cy="57" r="2.8" fill="{deep}"/><path d="M53 68q7 5 14 0" fill="none" stroke="{deep}" stroke-width="2.6" stroke-linecap="round"/>"#
    ));
    if glasses {
        body.push_str(&format!(
            r#"<path d="M43 57a8 8 0 1 0 16 0a8 8 0 1 0-16 0M61 57a8 8 0 1 0 16 0a8 8 0 1 0-16 0M59 56h2" fill="none" stroke="{deep}" stroke-width="2.4"/>"#
        ));
    }
    let sign = sign::of(handle, &mut dice);
    body.push_str(&format!(
        r##"<circle cx="98" cy="98" r="30" fill="{back}"/><circle cx="98" cy="98" r="26" fill="#fff"/><g transform="translate(80 80) scale(1.5)" fill="none" stroke="{deep}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round">{sign}</g>"##
    ));
    let name = xml::escape(name);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128" role="img" aria-label="{name}"><title>{name}</title>{body}</svg>"#
    )
}

/// An avatar as a PNG of `size` × `size` pixels, for platforms that draw no SVG.
///
/// # Errors
/// A sentence when the document is no SVG, or there is no memory for the picture.
pub fn png(svg: &str, size: u32) -> Result<Vec<u8>, String> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).map_err(|e| format!("this is no drawing: {e}"))?;
    let mut pixels = tiny_skia::Pixmap::new(size, size).ok_or("there is no memory for the picture")?;
    let scale = size as f32 / tree.size().width();
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| format!("the picture cannot be written: {e}"))
}

/// Hair as two paths: behind the head, and over the forehead.
const HAIR: [(&str, &str); 9] = [
    // Cropped.
    ("", "M33 55a27 27 0 0 1 54 0c-4-9-8-14-14-16-9 4-23 4-30 1-5 3-8 8-10 15z"),
    // A bob with a fringe.
    ("M29 58a31 31 0 0 1 62 0v18a8 8 0 0 1-8 8H37a8 8 0 0 1-8-8z", "M34 52a26 26 0 0 1 52 0c-16-3-36-3-52 0z"),
    // A bun.
    ("M46 22a14 14 0 1 0 28 0a14 14 0 1 0-28 0z", "M33 56a27 27 0 0 1 54 0c-6-10-14-15-27-15s-21 5-27 15z"),
    // Curls.
    (
        "M24 54a11 11 0 0 1 7-17a13 13 0 0 1 16-14a15 15 0 0 1 26 0a13 13 0 0 1 16 14a11 11 0 0 1 7 17a10 10 0 0 1-8 13H32a10 10 0 0 1-8-13z",
        "M35 48a26 26 0 0 1 50 0c-6-1-9-6-14-5s-9 3-14 0-14 5-22 5z",
    ),
    // Long, parted in the middle.
    (
        "M30 58a30 30 0 0 1 60 0v34c0 8-6 12-14 12H44c-8 0-14-4-14-12z",
        "M60 29c-16 0-27 11-27 29 10-3 22-12 27-22 5 10 17 19 27 22 0-18-11-29-27-29z",
    ),
    // A side parting.
    ("", "M33 56c-1-17 10-30 29-29 18 1 27 14 25 29-3-8-7-12-11-14-12 2-24 0-30-6-4 5-10 10-13 20z"),
    // A woollen hat.
    (
        "M52 20a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
        "M34 41c0-12 12-19 26-19s26 7 26 19zM35 38h50a4 4 0 0 1 4 4v4a4 4 0 0 1-4 4H35a4 4 0 0 1-4-4v-4a4 4 0 0 1 4-4z",
    ),
    // High on top.
    ("", "M35 50c-3-16 2-29 14-31 6-6 22-6 28 2 9 4 11 17 8 29-3-5-6-8-9-9H44c-4 1-7 4-9 9z"),
    // A knot at the side.
    (
        "M77 36a12 12 0 1 0 24 0a12 12 0 1 0-24 0z",
        "M33 57c0-18 10-29 27-29 17 0 27 10 27 27-9-2-24-7-33-17-4 8-12 15-21 19z",
    ),
];

struct Tones {
    back: Colour,
    glow: Colour,
    skin: Colour,
    shade: Colour,
    hair: Colour,
    dress: Colour,
    deep: Colour,
}

impl Tones {
    fn of(layer: &str, dice: &mut Dice) -> Self {
        let base = match layer {
            "executive" => 252.0,
            "management" => 174.0,
            "specialists" => 14.0,
            // Greens and blues between the families.
            other => 90.0 + 140.0 * Dice::of(other).between(0.0, 1.0),
        };
        let hue = base + dice.between(-16.0, 16.0);
        let (opposite, strong) = (hue + dice.between(120.0, 165.0), dice.below(2) == 0);
        let back = if strong { Colour::hsl(hue, 0.58, 0.42) } else { Colour::hsl(hue, 0.72, 0.78) };
        let (hair_hue, hair_light) = [(hue, 0.2), (hue + 20.0, 0.3), (hue, 0.14), (opposite, 0.36)][dice.below(4)];
        Self {
            back,
            glow: if strong { Colour::hsl(hue, 0.55, 0.52) } else { Colour::hsl(hue, 0.74, 0.86) },
            skin: Colour::hsl(hue + 8.0, 0.7, 0.93),
            shade: Colour::hsl(hue + 4.0, 0.5, 0.82),
            hair: Colour::hsl(hair_hue, 0.5, hair_light),
            dress: Colour::hsl(opposite, 0.62, dice.between(0.55, 0.66)),
            deep: Colour::hsl(hue, 0.5, 0.16),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const DEPARTMENT: [(&str, &str); 14] = [
        ("cmo", "executive"),
        ("vp_marketing", "executive"),
        ("director_comms", "executive"),
        ("content_manager", "management"),
        ("social_media_manager", "management"),
        ("campaign_manager", "management"),
        ("copywriter", "specialists"),
        ("seo_specialist", "specialists"),
        ("designer", "specialists"),
        ("analytics_specialist", "specialists"),
        ("email_specialist", "specialists"),
        ("linkedin_manager", "specialists"),
        ("twitter_manager", "specialists"),
        ("market_research", "specialists"),
    ];

    fn draw(svg: &str, size: u32) -> tiny_skia::Pixmap {
        let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).expect("valid SVG");
        let mut pixels = tiny_skia::Pixmap::new(size, size).expect("memory");
        let scale = size as f32 / 128.0;
        resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
        pixels
    }

    /// Writes the avatars to look at: `PICTURES=<folder> cargo test -p bullpen-skills -- --ignored portraits`.
    #[test]
    #[ignore = "draws pictures for people to look at"]
    fn portraits() {
        let folder = std::env::var("PICTURES").expect("PICTURES names a folder");
        let others = ["ceo", "cfo", "cto", "clo", "cro", "cco", "sales", "event_marketing", "zed"]
            .map(|handle| (handle, "community"));
        for (nth, (handle, layer)) in DEPARTMENT.into_iter().chain(others).enumerate() {
            for size in [256, 32] {
                let png = draw(&avatar(handle, handle, layer), size).encode_png().expect("a PNG");
                std::fs::write(format!("{folder}/avatar-{size}-{nth:02}.png"), png).expect("written");
            }
        }
    }

    #[test]
    fn no_two_personas_look_alike_even_when_small() {
        let seen: HashSet<Vec<u8>> =
            DEPARTMENT.iter().map(|(handle, layer)| draw(&avatar(handle, "", layer), 32).take()).collect();
        assert_eq!(seen.len(), DEPARTMENT.len());
        let signs: HashSet<&str> =
            DEPARTMENT.iter().map(|(handle, _)| sign::of(handle, &mut Dice::of(handle))).collect();
        assert_eq!(signs.len(), DEPARTMENT.len());
    }

    #[test]
    fn an_avatar_can_be_had_as_pixels() {
        let png = png(&avatar("cmo", "Ada", "executive"), 192).expect("a picture");
        let pixels = tiny_skia::Pixmap::decode_png(&png).expect("a PNG");
        assert_eq!((pixels.width(), pixels.height()), (192, 192));
        assert!(super::png("no drawing", 192).is_err());
    }

    #[test]
    fn a_persona_keeps_its_face() {
        assert_eq!(avatar("cmo", "Ada", "executive"), avatar("cmo", "Ada", "executive"));
        assert_ne!(avatar("cmo", "Ada", "executive"), avatar("cmo", "Ada", "management"));
    }

    #[test]
    fn any_name_handle_and_layer_give_a_valid_picture() {
        let long = "x".repeat(10_000);
        for text in ["", "<script>alert(1)</script>", "\" onload=\"x", "\u{0}\u{202e}", "日本", "🙂", &long] {
            let svg = avatar(text, text, text);
            let document = roxmltree::Document::parse(&svg).expect("well-formed");
            assert!(
                document.descendants().all(|node| !node.has_tag_name("script") && node.attribute("onload").is_none())
            );
            draw(&svg, 32);
        }
    }
}
