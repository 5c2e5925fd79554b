//! The order in which rows are told, as a pure function: messages of a channel by their ids, and everything else where it came,
//! but not before the message that it is about.

use std::collections::{BTreeMap, VecDeque};

use super::rows::Row;

/// Puts rows, which come by `seq`, in order, and leaves out those that wait: behind the last of their channel that is not
/// beyond the horizon, for they may still be overtaken.
pub(super) fn arrange(rows: Vec<Row>, horizon: i64) -> Vec<Row> {
    let mut channels: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    for row in rows {
        channels.entry(row.channel).or_default().push(row);
    }
    let mut placed: Vec<(i64, Row)> = Vec::new();
    for rows in channels.into_values() {
        let slots: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let rows = channel(rows);
        let told = rows.iter().rposition(|row| row.seq <= horizon).map_or(0, |last| last + 1);
        placed.extend(slots.into_iter().zip(rows).take(told));
    }
    placed.sort_by_key(|(slot, _)| *slot);
    placed.into_iter().map(|(_, row)| row).collect()
}

/// One channel's rows.
fn channel(rows: Vec<Row>) -> Vec<Row> {
    let mut messages: Vec<&Row> = rows.iter().filter(|row| row.is_message()).collect();
    messages.sort_by_key(|row| row.message);
    let mut messages: VecDeque<Row> = messages.into_iter().cloned().collect();
    let mut arranged = Vec::with_capacity(rows.len());
    let mut early: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    for row in rows {
        if row.is_message() {
            let Some(next) = messages.pop_front() else { continue };
            let message = next.message;
            arranged.push(next);
            arranged.extend(early.remove(&message).into_iter().flatten());
        } else if row.message != 0 && messages.iter().any(|message| message.message == row.message) {
            early.entry(row.message).or_default().push(row);
        } else {
            arranged.push(row);
        }
    }
    arranged
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::super::rows::Row;
    use super::arrange;

    fn row(seq: i64, channel: i64, message: i64, kind: &str) -> Row {
        Row {
            seq,
            key: format!("{kind}:{channel}:{message}:{seq}"),
            bot: "bullpen".into(),
            kind: kind.into(),
            channel,
            message,
            payload: "{}".into(),
            received_at: DateTime::UNIX_EPOCH,
        }
    }

    fn create(seq: i64, channel: i64, message: i64) -> Row {
        row(seq, channel, message, "MESSAGE_CREATE")
    }

    fn seqs(rows: &[Row]) -> Vec<i64> {
        rows.iter().map(|row| row.seq).collect()
    }

    #[test]
    fn messages_go_by_id_and_the_rest_where_it_came() {
        let rows = vec![
            create(1, 7, 30),
            row(2, 7, 20, "MESSAGE_UPDATE"),
            create(3, 8, 5),
            create(4, 7, 20),
            row(5, 7, 1, "MESSAGE_DELETE"),
            row(6, 7, 0, "CHANNEL_PINS_UPDATE"),
        ];
        assert_eq!(seqs(&arrange(rows, 100)), [4, 2, 3, 1, 5, 6]);
    }

    #[test]
    fn what_may_be_overtaken_waits() {
        let rows = || vec![create(1, 7, 30), create(2, 7, 20), create(3, 7, 40), create(4, 8, 1)];
        assert_eq!(seqs(&arrange(rows(), 1)), [2, 1], "what belongs before a settled row goes with it");
        assert_eq!(seqs(&arrange(rows(), 0)), [0_i64; 0]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_messages_are_in_order(
            mut told in prop::collection::vec((0_i64..3, 1_i64..40, 0_u8..3), 0..80),
            horizon in 0_i64..90,
        ) {
            let mut known = std::collections::BTreeSet::new();
            told.retain(|(channel, message, kind)| *kind != 0 || known.insert((*channel, *message)));
            let kinds = ["MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"];
            let rows: Vec<Row> = (1_i64..).zip(&told).map(|(seq, (c, m, k))| row(seq, *c, *m, kinds[usize::from(*k)])).collect();
            let all = arrange(rows.clone(), i64::MAX);
            let mut sorted = seqs(&all);
            sorted.sort_unstable();
            prop_assert_eq!(sorted, seqs(&rows), "nothing is lost");
            for channel in 0..3 {
                let of = |rows: &[Row]| rows.iter().filter(|r| r.channel == channel).cloned().collect::<Vec<_>>();
                let (all, some) = (of(&all), of(&arrange(rows.clone(), horizon)));
                prop_assert!(all.iter().filter(|row| row.is_message()).is_sorted_by_key(|row| row.message));
                for (at, row) in all.iter().enumerate().filter(|(_, row)| !row.is_message()) {
                    prop_assert!(!all[at..].iter().any(|later| later.is_message() && later.message == row.message));
                }
                prop_assert_eq!(&all[..some.len()], &some[..], "what waits is behind what does not");
                prop_assert!(all[some.len()..].iter().all(|row| row.seq > horizon), "what is settled is told");
            }
        }
    }
}
