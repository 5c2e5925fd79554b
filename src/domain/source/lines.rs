//! Where every field of a file stands.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::{Path, Segment};
use serde_saphyr::Spanned;
use serde_saphyr::options::NonFiniteFloatPolicy;

use super::Fault;

/// The line of every field of one file, by path (`voice.always[1]`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    file: String,
    at: BTreeMap<String, u64>,
}

impl Lines {
    /// The lines of a text that has been parsed before; fields that cannot be placed are simply not in it.
    pub(super) fn of(file: &str, text: &str) -> Self {
        let mut at = BTreeMap::new();
        // Whether .nan is welcome somewhere has been decided by then.
        let mut options = super::options();
        options.non_finite_float_policy = NonFiniteFloatPolicy::PassThrough;
        if let Ok(root) = serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options) {
            root.value.walk("", &mut at);
        }
        Self { file: file.to_owned(), at }
    }

    /// The file's name as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line of a field or, where it is not in the file, of the nearest field around it; 0 when there is none.
    #[must_use]
    pub fn line(&self, field: &str) -> u64 {
        let mut path = field;
        loop {
            if let Some(line) = self.at.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 0,
            }
        }
    }

    /// A fault of a field.
    #[must_use]
    pub fn fault(&self, field: &str, problem: impl Into<String>) -> Fault {
        self.fault_below(field, 0, problem)
    }

    /// A fault some lines below the beginning of a field, for text with lines of its own.
    #[must_use]
    pub fn fault_below(&self, field: &str, below: u64, problem: impl Into<String>) -> Fault {
        let line = self.line(field) + below;
        Fault { file: self.file.clone(), line, field: field.to_owned(), problem: problem.into() }
    }
}

/// A path as people write it: `tests[0].says`.
pub(super) fn path(path: &Path) -> String {
    path.iter().fold(String::new(), |path, segment| match segment {
        Segment::Seq { index } => format!("{path}[{index}]"),
        Segment::Map { key } => join(&path, key),
        Segment::Enum { variant } => join(&path, variant),
        Segment::Unknown => path,
    })
}

/// Adds a key to a path.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Just enough of a YAML tree to know where things stand.
enum Node {
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
    Seq(Vec<Spanned<Node>>),
    Scalar,
}

impl Node {
    fn walk(&self, path: &str, at: &mut BTreeMap<String, u64>) {
        match self {
            Self::Map(entries) => {
                for (key, node) in entries {
                    let path = join(path, &key.value);
                    at.insert(path.clone(), key.referenced.line().max(1));
                    node.value.walk(&path, at);
                }
            }
            Self::Seq(items) => {
                for (index, node) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    at.insert(path.clone(), node.referenced.line());
                    node.value.walk(&path, at);
                }
            }
            Self::Scalar => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

/// Scalars of every type are alike here.
macro_rules! scalars {
    ($($visit:ident: $type:ty),* $(,)?) => {
        $(fn $visit<E>(self, _: $type) -> Result<Node, E> {
            Ok(Node::Scalar)
        })*
    };
}

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    scalars!(visit_bool: bool, visit_i64: i64, visit_i128: i128, visit_u64: u64, visit_u128: u128, visit_f64: f64,
        visit_str: &str, visit_bytes: &[u8]);

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element()? {
            nodes.push(node);
        }
        Ok(Node::Seq(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            nodes.push(entry);
        }
        Ok(Node::Map(nodes))
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, data: A) -> Result<Node, A::Error> {
        let (IgnoredAny, _) = data.variant()?;
        Ok(Node::Scalar)
    }
}
