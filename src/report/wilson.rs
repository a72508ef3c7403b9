//! The Wilson score interval: how sure a share is that was counted.
//!
//! Of few cases a share says little; the interval says how little. Unlike the plain normal interval it stays within 0
//! and 1 and is of use also where nothing or everything was right.

/// The quantile of the standard normal distribution for 95 %, both sides.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % interval; all three are between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anteil {
    pub wert: f64,
    pub von: f64,
    pub bis: f64,
}

/// The share of `richtig` among `alle` (E. B. Wilson, 1927); nothing of nothing has none.
pub fn wilson(richtig: u64, alle: u64) -> Option<Anteil> {
    if alle == 0 {
        return None;
    }
    // Exact up to 2^53, more than there will ever be mails.
    let (n, wert) = (alle as f64, richtig as f64 / alle as f64);
    let spread = Z * Z / n;
    let middle = (wert + spread / 2.0) / (1.0 + spread);
    let half = Z / (1.0 + spread) * (wert * (1.0 - wert) / n + spread / (4.0 * n)).sqrt();
    // Where all or none were right, the end is 1 or 0, up to rounding.
    let von = if richtig == 0 { 0.0 } else { (middle - half).max(0.0) };
    let bis = if richtig == alle { 1.0 } else { (middle + half).min(1.0) };
    Some(Anteil { wert, von, bis })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_intervals() {
        for (richtig, alle, von, bis) in [
            (0, 1, 0.0, 0.7935),
            (1, 1, 0.2065, 1.0),
            (1, 3, 0.0615, 0.7923),
            (0, 10, 0.0, 0.2775),
            (1, 10, 0.0179, 0.4042),
            (8, 10, 0.4902, 0.9433),
            (10, 10, 0.7225, 1.0),
            (50, 100, 0.4038, 0.5962),
            (81, 263, 0.2553, 0.3662),
            (1_000_000, 1_000_000, 0.999_996, 1.0),
        ] {
            let found = wilson(richtig, alle).unwrap();
            assert!((found.von - von).abs() < 5e-5 && (found.bis - bis).abs() < 5e-5, "{richtig}/{alle}: {found:?}");
            assert!(found.von <= found.wert && found.wert <= found.bis, "{richtig}/{alle}: {found:?}");
        }
    }

    #[test]
    fn nothing_of_nothing_has_no_share() {
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn all_and_none_reach_the_end_exactly() {
        for alle in [1, 2, 7, 999, 1 << 40] {
            assert_eq!(wilson(alle, alle).map(|share| share.bis), Some(1.0), "{alle}");
            assert_eq!(wilson(0, alle).map(|share| share.von), Some(0.0), "{alle}");
        }
    }
}
