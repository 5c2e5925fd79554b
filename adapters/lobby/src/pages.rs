//! The lobby's pages: plain HTML, CSS and JavaScript, embedded in the binary.

/// The files below `pages/`, by their path in it. The console's shell serves them.
#[derive(Debug, Clone, Copy, rust_embed::RustEmbed)]
#[folder = "pages/"]
pub struct Pages;

#[cfg(test)]
mod tests {
    use super::Pages;

    #[test]
    fn there_is_a_page_to_begin_with() {
        let page = Pages::get("index.html").unwrap();
        assert!(std::str::from_utf8(&page.data).unwrap().contains("<html"));
    }
}
