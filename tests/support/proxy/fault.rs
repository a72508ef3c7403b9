//! Places in a conversation, as one clean run shows them, and one fault at such a place.

use std::sync::Mutex;

use super::{Action, Line, Literal, Side, Watch, lock};

/// A place in the conversation of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub connection: usize,
    pub side: Side,
    pub spot: Spot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// The line of this number.
    Line(usize),
    /// Before this byte of the literal of this number.
    Byte { literal: usize, offset: usize },
}

/// Does something once, at one place.
pub struct Fault {
    pub place: Place,
    pub action: Action,
    happened: Mutex<bool>,
}

impl Fault {
    pub fn new(place: Place, action: Action) -> Fault {
        Fault { place, action, happened: Mutex::default() }
    }

    /// Whether the conversation came to the place.
    pub fn happened(&self) -> bool {
        *lock(&self.happened)
    }

    fn happens(&self) -> Action {
        *lock(&self.happened) = true;
        self.action.clone()
    }
}

impl Watch for Fault {
    fn line(&self, line: Line<'_>) -> Action {
        let place = Place { connection: line.connection, side: line.side, spot: Spot::Line(line.number) };
        if place == self.place { self.happens() } else { Action::Pass }
    }

    fn literal(&self, piece: Literal<'_>) -> Option<(usize, Action)> {
        let Spot::Byte { literal, offset } = self.place.spot else { return None };
        let here = (piece.connection, piece.side, piece.number) == (self.place.connection, self.place.side, literal);
        let inside = offset.checked_sub(piece.offset).filter(|&inside| here && inside < piece.bytes.len())?;
        Some((inside, self.happens()))
    }
}

/// Notes what passes.
#[derive(Default)]
pub struct Recorder {
    lines: Mutex<Vec<(Place, String)>>,
    /// Each literal with its length so far; the place is that of its first byte.
    literals: Mutex<Vec<(Place, usize)>>,
}

impl Recorder {
    /// All lines with their text.
    pub fn lines(&self) -> Vec<(Place, String)> {
        lock(&self.lines).clone()
    }

    /// All literals, each with its length.
    pub fn literals(&self) -> Vec<(Place, usize)> {
        lock(&self.literals).clone()
    }
}

impl Watch for Recorder {
    fn line(&self, line: Line<'_>) -> Action {
        let place = Place { connection: line.connection, side: line.side, spot: Spot::Line(line.number) };
        lock(&self.lines).push((place, String::from_utf8_lossy(line.bytes).trim_end().to_owned()));
        Action::Pass
    }

    fn literal(&self, piece: Literal<'_>) -> Option<(usize, Action)> {
        let spot = Spot::Byte { literal: piece.number, offset: 0 };
        let place = Place { connection: piece.connection, side: piece.side, spot };
        let mut literals = lock(&self.literals);
        match literals.iter_mut().find(|(other, _)| *other == place) {
            Some((_, length)) => *length += piece.bytes.len(),
            None => literals.push((place, piece.bytes.len())),
        }
        None
    }
}
