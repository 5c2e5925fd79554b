//! Server-sent events from the pieces that a connection hands over.

/// One event.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// What kind it is; `message` where the server says nothing.
    pub(crate) kind: String,
    /// The id to go on after, where it has one.
    pub(crate) id: Option<String>,
    /// What it says.
    pub(crate) data: String,
}

/// Gathers pieces, which may end anywhere, into events.
#[derive(Default)]
pub(crate) struct Events {
    rest: Vec<u8>,
    next: Event,
}

impl Events {
    /// Takes a piece and gives the events that it completes.
    pub(crate) fn take(&mut self, piece: &[u8]) -> Vec<Event> {
        self.rest.extend_from_slice(piece);
        let mut events = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            events.extend(self.line(line.trim_end_matches(['\r', '\n'])));
        }
        events
    }

    /// An empty line ends an event; one that begins with a colon only keeps the connection open.
    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let mut event = std::mem::take(&mut self.next);
            if event.data.is_empty() {
                return None;
            }
            event.data.pop();
            if event.kind.is_empty() {
                event.kind.push_str("message");
            }
            return Some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.next.kind = value.to_owned(),
            "id" => self.next.id = Some(value.to_owned()),
            "data" => {
                self.next.data.push_str(value);
                self.next.data.push('\n');
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_they_are_cut() {
        let text = ": hello\n\nid: 7\nevent: message\ndata: {\"text\":\ndata:  \"é\"}\n\nevent: typing\ndata: {}\r\n\r\nid: 8\n";
        let whole = Events::default().take(text.as_bytes());
        assert_eq!(whole.len(), 2);
        assert_eq!((whole[0].id.as_deref(), whole[0].data.as_str()), (Some("7"), "{\"text\":\n \"é\"}"));
        assert_eq!((whole[1].kind.as_str(), whole[1].id.as_deref(), whole[1].data.as_str()), ("typing", None, "{}"));
        for size in 1..9 {
            let mut events = Events::default();
            let cut: Vec<Event> = text.as_bytes().chunks(size).flat_map(|piece| events.take(piece)).collect();
            assert_eq!(cut, whole, "pieces of {size}");
        }
    }
}
