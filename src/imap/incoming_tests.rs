use super::*;
use proptest::prelude::*;

const LIMITS: Limits = Limits { literal: 50, line: 100 };

/// The output for an input cut at the given lengths, and what remained held back at its end.
fn run(input: &[u8], cuts: &[usize]) -> (Result<(), WireError>, Vec<u8>) {
    run_within(LIMITS, input, cuts)
}

fn run_within(limits: Limits, input: &[u8], cuts: &[usize]) -> (Result<(), WireError>, Vec<u8>) {
    let mut incoming = Incoming::new(limits);
    let mut out = Vec::new();
    let mut rest = input;
    for &cut in cuts.iter().chain([&usize::MAX]) {
        let (piece, after) = rest.split_at(cut.min(rest.len()));
        rest = after;
        if let Err(error) = incoming.push(piece, &mut out) {
            return (Err(error), out);
        }
    }
    incoming.finish(&mut out);
    (Ok(()), out)
}

fn check(input: &str, output: &str) {
    let (result, out) = run(input.as_bytes(), &[]);
    assert_eq!(result, Ok(()), "{input:?}");
    assert_eq!(String::from_utf8(out).unwrap(), output);
    assert_eq!(run(input.as_bytes(), &vec![1; input.len()]).1, output.as_bytes(), "{input:?} byte by byte");
}

#[test]
fn a_bare_copyuid_gets_its_status() {
    check(
        "[COPYUID 52 86 1146]\r\nA1 OK MOVE completed.\r\n",
        "* OK [COPYUID 52 86 1146]\r\nA1 OK MOVE completed.\r\n",
    );
    check("* 1 EXISTS\r\n[COPYUID 1 2 3]\r\n", "* 1 EXISTS\r\n* OK [COPYUID 1 2 3]\r\n");
    check("[COPYUID 14  ]\n", "* OK [COPYUID 14  ]\r\n");
    for unchanged in [
        "* OK [COPYUID 1 2 3]\r\n",
        " [COPYUID 1 2 3]\r\n",
        "[COPYUID]\r\n",
        "[COPY",
        "[[COPYUID 1 2 3]\r\n",
        "* 1 FETCH (BODY[] {17}\r\n[COPYUID 1 2 3]\r\n)\r\n",
        "* 1 FETCH (BODY[] {2}\r\n\r\n[COPYUID 1 2 3])\r\n",
        "* 1 FETCH (BODY[] {0}\r\n[COPYUID 1 2 3])\r\n",
    ] {
        check(unchanged, unchanged);
    }
}

#[test]
fn an_ok_that_hides_an_error_becomes_the_no_that_it_means() {
    check("A0001 OK [Error=\"x\"] LOGIN completed.\r\n", "A0001 NO [Error=\"x\"] LOGIN completed.\r\n");
    check("* 1 EXISTS\r\nc2 ok [ERROR=x] y\n", "* 1 EXISTS\r\nc2 NO [ERROR=x] y\r\n");
    for unchanged in [
        "A0001 OK [COPYUID 1 2 3] done\r\n",
        "A0001 OK [Err\r\n",
        "* OK [Error=x] y\r\n",
        " OK [Error=x] y\r\n",
        "A0001 OK done [Error=x]\r\n",
        "a-tag OK [Error=x]\r\n",
        "AAAAAAAAAAAAAAAAA OK [Error=x]\r\n",
        "* 1 FETCH (BODY[] {17}\r\nA1 OK [Error=x]\r\n)\r\n",
        "A1 OK",
    ] {
        check(unchanged, unchanged);
    }
}

#[test]
fn lines_end_in_cr_lf_and_literals_as_they_were() {
    check("* 1 EXISTS\n* 2 EXISTS\r\n\n", "* 1 EXISTS\r\n* 2 EXISTS\r\n\r\n");
    check("* 1 FETCH (BODY[] {4}\na\nb\n X {3+}\n\n\r\n)\n", "* 1 FETCH (BODY[] {4}\r\na\nb\n X {3+}\r\n\n\r\n)\r\n");
    check("* X ~{3}\na\nb\n", "* X ~{3}\r\na\nb\r\n");
    // A CR that belongs to a literal does not complete the LF after it.
    check("* X {1}\r\n\r\n", "* X {1}\r\n\r\r\n");
    for unchanged in ["* X {}\r\n", "* X {+}\r\n", "* X {1}x\r\n", "* X 1}\r\n", "* X (1}\r\n", "5}\r\n", "{0}\r\n\r\n"]
    {
        check(unchanged, unchanged);
    }
}

#[test]
fn control_characters_outside_literals_cannot_stop_a_parser() {
    check("* LIST () \"/\" INBOX/a\tb\r\n", "* LIST () \"/\" INBOX/a&b\r\n");
    check("\t* \u{1}\0\u{7f}\u{e4}\n", "&* &&&\u{e4}\r\n");
    check("* X {3}\r\na\tb\tc\r\n", "* X {3}\r\na\tb&c\r\n");
}

#[test]
fn a_large_literal_is_refused_before_its_line_is_complete() {
    let zeros = "0".repeat(40);
    for (number, announced) in [
        ("51", 51),
        ("400000000", 400_000_000),
        ("400000000+", 400_000_000),
        ("99999999999999999999999", u64::MAX),
        (zeros.as_str(), u64::MAX),
    ] {
        for end in ["\r\n", "\n"] {
            let input = format!("* 1 EXISTS\r\n* 1 FETCH (BODY[] {{{number}}}{end}abc");
            for cuts in [vec![], vec![1; input.len()]] {
                let (result, out) = run(input.as_bytes(), &cuts);
                assert_eq!(result, Err(WireError::LiteralTooLarge { announced }), "{input:?}");
                assert!(out.starts_with(b"* 1 EXISTS\r\n"));
                assert_eq!(out.iter().filter(|&&byte| byte == b'\n').count(), 1);
            }
        }
    }
    assert_eq!(run(b"* X {50}\r\n", &[]).0, Ok(()));
    // The literals of one line add up, since the parser keeps the whole line.
    let literals = "l".repeat(30) + " {20}\r\n" + &"l".repeat(20);
    assert_eq!(run(format!("* {{30}}\r\n{literals}\r\n* {{50}}\r\n").as_bytes(), &[]).0, Ok(()));
    let result = run(format!("* {{30}}\r\n{literals} {{1}}\r\n").as_bytes(), &[]).0;
    assert_eq!(result, Err(WireError::LiteralTooLarge { announced: 1 }));
}

#[test]
fn a_long_line_is_refused_and_its_literals_do_not_count() {
    let too_long = Err(WireError::LineTooLong { limit: LIMITS.line });
    assert_eq!(run(&[b'x'; 100], &[]).0, Ok(()));
    assert_eq!(run(&[b'x'; 101], &[]).0, too_long);
    assert_eq!(run(&[b'x'; 101], &[60, 30]).0, too_long);
    let literals = "* ".to_owned() + &"x".repeat(90) + "{50}\r\n" + &"l".repeat(50) + ")\r\n";
    assert_eq!(run(literals.as_bytes(), &[]).0, Ok(()));
    let literals = "* {1}\r\n".to_owned() + &"l {1}\r\n".repeat(30);
    assert_eq!(run(literals.as_bytes(), &[]).0, too_long);
    assert_eq!(run("* 1 EXISTS\r\n".repeat(20).as_bytes(), &[]).0, Ok(()));
}

#[test]
fn the_error_survives_a_foreign_crate() {
    let error = WireError::LiteralTooLarge { announced: 9 };
    assert_eq!(WireError::of(&error.into()), Some(error));
    assert_eq!(WireError::of(&std::io::ErrorKind::InvalidData.into()), None);
}

/// Pieces of IMAP in any order: enough to meet each state at each cut.
pub(crate) fn traffic() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"[COPYUID 1 2 3]".to_vec()),
        Just(b"[COPY".to_vec()),
        Just(b"A1 OK [Error=".to_vec()),
        Just(b"A1 OK [".to_vec()),
        Just(b"* 1 FETCH (".to_vec()),
        (0..30usize, any::<bool>()).prop_map(|(n, plus)| format!("{{{n}{}}}\r\n", if plus { "+" } else { "" }).into()),
        prop::collection::vec(any::<u8>(), 0..30),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_cut_makes_no_difference(input in traffic(), cuts in prop::collection::vec(0..12usize, 0..40)) {
        let whole = run(&input, &[]);
        let cut = run(&input, &cuts);
        prop_assert_eq!(&whole.0, &cut.0);
        if whole.0.is_ok() {
            prop_assert_eq!(whole.1, cut.1);
        }
    }

    #[test]
    fn a_second_pass_changes_nothing(input in traffic()) {
        let once = run_within(Limits::default(), &input, &[]).1;
        prop_assert_eq!(run_within(Limits::default(), &once, &[]).1, once);
    }
}
