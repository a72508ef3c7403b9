use super::*;

fn phrases(words: &[&str]) -> Phrases {
    Phrases::new(words.iter().map(|&word| word.to_owned()).collect()).unwrap()
}

fn worte() -> Briefworte {
    Briefworte {
        titel: phrases(&["frau", "herr"]),
        anreden: phrases(&["hallo", "sehr geehrte"]),
        grussformeln: phrases(&["mit freundlichen gruessen", "viele gruesse", "gruss", "lg"]),
        schlussworte: phrases(&["danke"]),
        fusszeilen: phrases(&["gesendet von"]),
        nachschrift: phrases(&["ps"]),
    }
}

/// The letter of Gudula Offermanns, each paragraph as `K`, `T` or `S` and its lines.
fn parts(text: &str) -> String {
    parts_by(text, &Namen::new(["Gudula Offermanns"]))
}

fn parts_by(text: &str, verfasser: &Namen) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let part = |absatz: &Absatz| {
        let teil = match absatz.teil {
            Teil::Kopf => 'K',
            Teil::Text => 'T',
            Teil::Signatur => 'S',
        };
        let lines: Vec<&str> = absatz.lines().collect();
        assert_eq!(lines.join(" "), absatz.text, "{text:?}");
        format!("{teil}({})", lines.join("/"))
    };
    read(&lines, &worte(), verfasser).iter().map(part).collect::<Vec<_>>().join(" ")
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|&(text, expected)| (text, parts(text), expected))
        .filter(|(_, parts, expected)| parts != expected)
        .map(|(text, parts, expected)| format!("{text:?}: {parts} instead of {expected}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn head_salutation_text_and_signature() {
    check(&[
        ("", ""),
        ("\n \n", ""),
        ("x", "K(x)"),
        ("x\n\ny", "K(x) T(y)"),
        ("Absender\nWeg 5\n\nAmt\n\nHallo,\nx\n\ny", "K(absender/weg 5) K(amt) T(hallo,/x) T(y)"),
        // The salutation ends the head without an empty line, too.
        ("Absender\nHallo,\nx", "K(absender) T(hallo,/x)"),
        ("Hallo,\nx", "T(hallo,/x)"),
        // A line of signs alone divides paragraphs.
        ("Hallo,\nx\n***\ny\n", "T(hallo,/x) T(y)"),
        ("Hallo,\nx\nMit freundlichen Grüßen\nGudula\n\nx", "T(hallo,/x/mit freundlichen gruessen) S(gudula) S(x)"),
        ("Hallo,\nx\nGruß, Gudula\nWeg 5", "T(hallo,/x/gruss) S(gudula/weg 5)"),
        // A formula above the salutation ends nothing, and one in its line neither.
        ("Viele Grüße\nHallo,\nx", "K(viele gruesse) T(hallo,/x)"),
        ("Viele Grüße\nHallo,\nx\nGudula", "K(viele gruesse) T(hallo,/x) S(gudula)"),
        // A formula in the first line and without a salutation.
        ("Viele Grüße\nx", "K(viele gruesse) S(x)"),
    ]);
}

#[test]
fn the_formula_that_closes() {
    check(&[
        // The last one with the author's name behind it.
        ("Hallo\nGruß\nGudula\n\nGruß\nPeter", "T(hallo/gruss) S(gudula) S(gruss/peter)"),
        ("Hallo\nGruß, Gudula\n\nGruß\nPeter", "T(hallo/gruss) S(gudula) S(gruss/peter)"),
        ("Hallo\nGruß\nGudula\n\nGruß\nGudula", "T(hallo/gruss/gudula) T(gruss) S(gudula)"),
        // Otherwise the last one with anything behind it, and else the last.
        ("Hallo\nGruß\nEva\n\nGruß\nPeter", "T(hallo/gruss/eva) T(gruss) S(peter)"),
        ("Hallo\nGruß\n\nViele Grüße", "T(hallo/gruss) S(viele gruesse)"),
        ("Hallo\nx\nGruß\n\n\nGudula\n", "T(hallo/x/gruss) S(gudula)"),
        ("Hallo\nViele Grüße", "T(hallo/viele gruesse)"),
        // Not in the middle of a line, unless it is the last one.
        ("Hallo\nbitte viele Grüße an Eva\nx", "T(hallo/bitte viele gruesse an eva/x)"),
        ("Hallo\nx viele Grüße Gudula Weg 5\n", "T(hallo/x viele gruesse) S(gudula weg 5)"),
        ("x\n\nx gruss Gudula Weg 5", "K(x) T(x gruss gudula weg 5)"),
        ("Hallo\nviele grüße x viele grüße y\nx", "T(hallo/viele gruesse) S(x viele gruesse y/x)"),
        ("x viele grüße a, viele grüße b", "K(x viele gruesse a, viele gruesse) S(b)"),
    ]);
    let behind = |count: usize| format!("Hallo\nx viele Grüße{}", " y".repeat(count));
    assert_eq!(parts(&behind(19)), format!("T(hallo/x viele gruesse{})", " y".repeat(19)));
    assert_eq!(parts(&behind(18)), format!("T(hallo/x viele gruesse) S(y{})", " y".repeat(17)));
}

#[test]
fn short_formulas_need_a_name_or_nothing() {
    check(&[
        ("Hallo\nx\nLG\nEva", "T(hallo/x/lg) S(eva)"),
        ("Hallo\nx\nLG Eva", "T(hallo/x/lg) S(eva)"),
        ("Hallo\nx\nlg eva roth\ny", "T(hallo/x/lg) S(eva roth/y)"),
        ("Hallo\nx\nLG hat den Fernseher\ny", "T(hallo/x/lg hat den fernseher/y)"),
        ("Hallo\nx\nLG 5\ny", "T(hallo/x/lg 5/y)"),
        ("Hallo\nx\nLG -Fernseher\ny", "T(hallo/x/lg -fernseher/y)"),
        // The author may say more behind it.
        ("Hallo\nx\nLG Gudula Offermanns, Weg 5\ny", "T(hallo/x/lg) S(gudula offermanns, weg 5/y)"),
        // A longer one is one whatever follows.
        ("Hallo\nx\nGruß aus dem schönen Süden 5\ny", "T(hallo/x/gruss) S(aus dem schoenen sueden 5/y)"),
    ]);
}

#[test]
fn misspelt_formulas() {
    check(&[
        ("Hallo\nx\nMit freundlichen Grüsen\ny", "T(hallo/x/mit freundlichen gruesen) S(y)"),
        ("Hallo\nx\nmit freunlichen gruesen,\ny", "T(hallo/x/mit freunlichen gruesen,) S(y)"),
        ("Hallo\nx\nmit freunlichen grusen\ny", "T(hallo/x/mit freunlichen grusen/y)"),
        // Twelve letters are enough, fewer are some other word.
        ("Hallo\nx\nviele gruese\ny", "T(hallo/x/viele gruese) S(y)"),
        ("Hallo\nx\nviele grues\ny", "T(hallo/x/viele grues/y)"),
        ("Hallo\nx\ngrus\ny", "T(hallo/x/grus/y)"),
        ("Hallo\nx\nMit freundlichen Grüsen Eva\ny", "T(hallo/x/mit freundlichen gruesen eva/y)"),
    ]);
}

#[test]
fn short_formulas_have_no_misspelt_forms() {
    let short = |formula: &str| Briefworte { grussformeln: phrases(&[formula]), ..worte() };
    assert_eq!(misspelt("abcdefghijkx", &short("abcdefghijk")), None);
    assert_eq!(misspelt("abcdefghijklx", &short("abcdefghijkl")), Some(13));
    assert_eq!(misspelt("abcdefghijkx", &short("abcdefghijkl")), Some(12));
    let long = "a".repeat(48);
    assert_eq!(misspelt(&long, &short(&"a".repeat(49))), Some(48));
    assert_eq!(misspelt(&format!("{long}a"), &short(&long)), None);
    assert_eq!(misspelt(&format!("*{long}*"), &short(&long)), Some(50));
}

#[test]
fn lines_that_set_a_signature_apart() {
    for (line, is_one) in
        [("--", true), ("-", false), ("---", false), ("___", true), ("__", false), ("__x", false), ("", false)]
    {
        assert_eq!(is_separator(line), is_one, "{line:?}");
    }
    check(&[
        ("Hallo\nx\n-- \nEva\nWeg 5", "T(hallo/x) S(eva/weg 5)"),
        ("Hallo\nx\n____\nEva", "T(hallo/x) S(eva)"),
        // The last one, and none above the salutation.
        ("Hallo\nx\n--\ny\n--\nEva", "T(hallo/x) T(y) S(eva)"),
        ("x\n--\nHallo\ny", "K(x) T(hallo/y)"),
        // A formula counts more; so does a separator than a last word.
        ("Hallo\nx\nGruß\nEva\n--\ny", "T(hallo/x/gruss) S(eva) S(y)"),
        ("Hallo\nx\n--\nEva\nDanke\ny", "T(hallo/x) S(eva/danke/y)"),
    ]);
    let behind = |count: usize| format!("Hallo\nx\n--{}", "\ny".repeat(count));
    assert_eq!(parts(&behind(11)), format!("T(hallo/x) S(y{})", "/y".repeat(10)));
    assert_eq!(parts(&behind(12)), format!("T(hallo/x) T(y{})", "/y".repeat(11)));
}

#[test]
fn last_words() {
    check(&[
        ("Hallo\nx\nDanke!\nEva", "T(hallo/x/danke!) S(eva)"),
        ("Hallo\nx\nDanke Eva\ny", "T(hallo/x/danke eva/y)"),
        ("Hallo\nDanke\nx\nDanke\nEva", "T(hallo/danke/x/danke) S(eva)"),
        ("Danke\nHallo\nx", "K(danke) T(hallo/x)"),
        ("Hallo\nx\nDanke\ny\nGruß\nEva", "T(hallo/x/danke/y/gruss) S(eva)"),
    ]);
}

#[test]
fn a_name_without_a_formula() {
    check(&[
        ("Hallo\nx\n\nGudula Offermanns\nWeg 5", "T(hallo/x) S(gudula offermanns/weg 5)"),
        ("Hallo\nx\nGudula Offermanns\nWeg 5", "T(hallo/x) S(gudula offermanns/weg 5)"),
        ("Hallo\nx\n\nGudula\n\nGesendet von unterwegs", "T(hallo/x) S(gudula) T(gesendet von unterwegs)"),
        ("Hallo\nx\n\nEva\nWeg 5", "T(hallo/x) T(eva/weg 5)"),
        // Only the last paragraph.
        ("Hallo\nx\n\nGudula\nWeg 5\n\ny", "T(hallo/x) T(gudula/weg 5) T(y)"),
        // A name alone is no letter.
        ("Gudula", "K(gudula)"),
        ("Gudula\nWeg 5", "S(gudula/weg 5)"),
        ("Gesendet von unterwegs", "K(gesendet von unterwegs)"),
        ("x\n\nGudula", "K(x) S(gudula)"),
    ]);
    assert_eq!(parts_by("Hallo\nx\n\nGudula", &Namen::default()), "T(hallo/x) T(gudula)");
}

#[test]
fn what_follows_a_signature() {
    check(&[
        (
            "Hallo\nGruß\nEva\n\nGesendet von unterwegs\nx\n\nWeg 5",
            "T(hallo/gruss) S(eva) T(gesendet von unterwegs/x) S(weg 5)",
        ),
        ("Hallo\nGruß\nEva\n\nPS: y", "T(hallo/gruss) S(eva) T(ps: y)"),
        // Only where the paragraph begins so.
        ("Hallo\nGruß\nEva\nPS: y", "T(hallo/gruss) S(eva/ps: y)"),
        ("Hallo\nGruß\nEva\n\nx\nPS: y", "T(hallo/gruss) S(eva) S(x/ps: y)"),
        // Somebody else's letter, to its end.
        ("Hallo\nGruß\nGudula\n\nHallo\ny\n\nz", "T(hallo/gruss) S(gudula) T(hallo/y) T(z)"),
        ("Hallo\nGruß\nGudula\n\ny\nHallo", "T(hallo/gruss) S(gudula) S(y/hallo)"),
        ("PS x\n\nHallo\ny", "K(ps x) T(hallo/y)"),
    ]);
}

#[test]
fn spaced_lines_are_one_paragraph() {
    check(&[
        ("Hallo\n\nGruß\n\nEva\n\nWeg 5\n\nBonn", "T(hallo) T(gruss) S(eva/weg 5/bonn)"),
        ("Hallo\n\nGruß\n\nEva\n\nWeg 5", "T(hallo) T(gruss) S(eva) S(weg 5)"),
        ("Eva\n\nWeg 5\n\nBonn\n\nHallo\n\nx\n\ny\n\nz", "K(eva/weg 5/bonn) T(hallo) T(x) T(y) T(z)"),
        ("Eva\n\nWeg 5\n\nHallo\nx", "K(eva) K(weg 5) T(hallo/x)"),
        // A paragraph of several lines ends the column.
        ("Hallo\nGruß\nEva\n\nWeg 5\nBonn\n\nx\n\ny\n\nz\n\nv", "T(hallo/gruss) S(eva) S(weg 5/bonn) S(x/y/z/v)"),
        // Head and signature are not one column.
        ("Eva\n\nWeg 5\n\nHallo\n\nGruß\n\nEva\n\nWeg 5", "K(eva) K(weg 5) T(hallo) T(gruss) S(eva) S(weg 5)"),
    ]);
}

#[test]
fn lines_by_their_place() {
    let mut absatz = Absatz { teil: Teil::Text, text: String::new(), zeilen: Vec::new() };
    ["ab", "cde", "f"].into_iter().for_each(|line| absatz.push(line));
    assert_eq!(absatz.text, "ab cde f");
    for (at, line, before, next) in [
        (0, 0..2, 0, Some("cde")),
        (1, 0..2, 0, Some("cde")),
        (2, 3..6, 1, Some("f")),
        (3, 3..6, 1, Some("f")),
        (5, 3..6, 1, Some("f")),
        (6, 7..8, 2, None),
        (7, 7..8, 2, None),
        (8, 7..8, 3, None),
    ] {
        assert_eq!(absatz.line_at(at), line, "{at}");
        assert_eq!(absatz.lines_before(at).count(), before, "{at}");
        assert_eq!(absatz.next_line(at), next, "{at}");
    }
    let behind = absatz.split_off(1);
    assert_eq!((absatz.text.as_str(), absatz.zeilen.len()), ("ab", 1));
    assert_eq!(behind.lines().collect::<Vec<_>>(), ["cde", "f"]);
    assert_eq!(Absatz { teil: Teil::Text, text: "xy".into(), zeilen: Vec::new() }.line_at(1), 0..2);
}
