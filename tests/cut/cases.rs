//! Where a conversation can break, and how.

use std::time::Duration;

use crate::support::proxy::fault::{Place, Recorder, Spot};
use crate::support::proxy::{Action, Side};

/// Bytes of each literal at which it breaks.
const OFFSETS: usize = 20;

/// Far longer than any deadline of the program under test.
const SLOW: Duration = Duration::from_millis(400);

/// How a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Both ends see a polite end (FIN).
    Fin,
    /// The client sees a reset (RST).
    Rst,
    /// Nothing is delivered any more, and nobody says so.
    Stall,
    /// One line is lost, and the connection goes on.
    Lost,
    /// What follows comes byte by byte, far too slowly.
    Drip,
    /// Under TLS: close_notify, then FIN. To the client that is an end as it should be.
    TlsEnd,
}

/// One fault.
#[derive(Clone, Debug)]
pub struct Case {
    /// Of the two runs of a clean pass, the one in which it happens.
    pub round: usize,
    pub kind: Kind,
    pub place: Place,
    pub action: Action,
    /// The line, for people. Test data only.
    pub at: String,
}

/// All faults at the places of the conversation of one round.
pub fn cases(round: usize, recorder: &Recorder) -> Vec<Case> {
    let mut cases = Vec::new();
    for (place, text) in recorder.lines() {
        let at = format!("{:?} {text}", place.side);
        let case = |kind, action, when| Case { round, kind, place, action, at: format!("{when} {at}") };
        cases.extend([
            case(Kind::Fin, Action::CutBefore, "before"),
            case(Kind::Rst, Action::ResetBefore, "before"),
            case(Kind::Stall, Action::Stall, "before"),
            case(Kind::Lost, Action::Swallow, "instead of"),
            case(Kind::TlsEnd, Action::CutBefore, "before"),
        ]);
        // After a line of the server comes another one of either side; what the server was told may already be done.
        if place.side == Side::Client {
            cases.extend([
                case(Kind::Fin, Action::CutAfter, "after"),
                case(Kind::Rst, Action::ResetAfter, "after"),
                case(Kind::Drip, Action::Drip(SLOW), "from"),
            ]);
        }
    }
    for (place, length) in recorder.literals() {
        let Spot::Byte { literal, .. } = place.spot else { continue };
        let mut offsets: Vec<usize> = (0..OFFSETS).map(|step| step * length / OFFSETS).collect();
        offsets.dedup();
        for offset in offsets {
            let place = Place { spot: Spot::Byte { literal, offset }, ..place };
            let at = format!("byte {offset} of {length} of literal {literal}");
            let case = |kind, action| Case { round, kind, place, action, at: at.clone() };
            cases.extend([
                case(Kind::Fin, Action::CutBefore),
                case(Kind::Rst, Action::ResetBefore),
                case(Kind::Stall, Action::Stall),
                case(Kind::TlsEnd, Action::CutBefore),
            ]);
        }
    }
    cases
}

/// So many of them, always the same ones: two thirds at lines and one third inside literals, each kind with its share and
/// evenly spread over the conversation.
pub fn choose(cases: Vec<Case>, count: usize) -> Vec<Case> {
    let (lines, literals): (Vec<Case>, Vec<Case>) =
        cases.into_iter().partition(|case| matches!(case.place.spot, Spot::Line(_)));
    let mut chosen = spread(lines, count * 2 / 3);
    chosen.extend(spread(literals, count - chosen.len()));
    chosen
}

fn spread(mut cases: Vec<Case>, count: usize) -> Vec<Case> {
    cases.sort_by_key(|case| case.kind as usize);
    let all = cases.len();
    let count = count.min(all);
    let mut chosen = vec![false; all];
    (0..count).for_each(|step| chosen[step * all / count] = true);
    cases.into_iter().zip(chosen).filter_map(|(case, chosen)| chosen.then_some(case)).collect()
}
