use super::*;

/// A Friday morning.
const NOW: &str = "2026-11-20T10:00:00Z";

fn due(text: &str) -> Option<String> {
    find(text, NOW, "UTC")?.at.map(|at| at.format("%Y-%m-%d %H:%M").to_string())
}

#[test]
fn dates_as_people_write_them() {
    for (text, at) in [
        ("due tomorrow", "2026-11-21 17:00"),
        ("we need it today", "2026-11-20 17:00"),
        ("by Friday", "2026-11-20 17:00"),
        ("by next Friday", "2026-11-27 17:00"),
        ("by Monday, please", "2026-11-23 17:00"),
        ("by 2026-12-01", "2026-12-01 17:00"),
        ("by 2026-12-01 09:30", "2026-12-01 09:30"),
        ("next week", "2026-11-27 17:00"),
        ("in 3 days", "2026-11-23 17:00"),
        ("in two weeks", "2026-12-04 17:00"),
        ("in 2 hours", "2026-11-20 12:00"),
        ("by the end of the month", "2026-11-30 17:00"),
        ("end of month", "2026-11-30 17:00"),
        ("by end of day", "2026-11-20 17:00"),
        ("due 5 pm tomorrow", "2026-11-21 17:00"),
        ("tomorrow at 9am", "2026-11-21 09:00"),
        ("due by 9:15 on Monday", "2026-11-23 09:15"),
        ("due at 8:00", "2026-11-21 08:00"),
        ("due December 1st", "2026-12-01 17:00"),
        ("by 1 March", "2027-03-01 17:00"),
        ("by the 3rd of December 2026", "2026-12-03 17:00"),
        ("due 24.12.2026", "2026-12-24 17:00"),
        ("deadline: tomorrow noon", "2026-11-21 12:00"),
    ] {
        assert_eq!(due(text).as_deref(), Some(at), "{text}");
    }
}

#[test]
fn what_is_over_is_found_and_has_no_moment() {
    let found = find("please by 2020-01-01", NOW, "UTC").expect("a date");
    assert_eq!(found.at, None);
    assert_eq!(&"please by 2020-01-01"[found.span], "by 2020-01-01");
}

#[test]
fn other_words_are_no_dates() {
    for text in [
        "by and large",
        "due",
        "in a word",
        "for marketing directors",
        "5 ways",
        "a Monday story",
        "in 3 parts",
        "",
        "end of story",
        "by me",
    ] {
        assert_eq!(find(text, NOW, "UTC"), None, "{text}");
    }
    assert_eq!(find("tomorrow", "no date", "UTC"), None);
}

#[test]
fn the_zone_counts_and_today_is_always_ahead() {
    assert_eq!(
        find("tomorrow", NOW, "Europe/Berlin").and_then(|due| due.at).map(|at| at.to_rfc3339()).as_deref(),
        Some("2026-11-21T16:00:00+00:00")
    );
    for now in ["2026-11-20T16:59:59Z", "2026-11-20T17:00:00Z", "2026-11-20T23:59:30Z", "2026-03-29T00:30:00Z"] {
        let at = find("due today", now, "Europe/Berlin").and_then(|due| due.at).expect("a moment");
        assert!(at > DateTime::parse_from_rfc3339(now).expect("a time"), "{now}");
    }
    // The hour that does not exist.
    assert!(find("due 2026-03-29 02:30", "2026-03-28T00:00:00Z", "Europe/Berlin").and_then(|due| due.at).is_some());
}
