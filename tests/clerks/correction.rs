//! Handed over to the wrong one: to another Agentur, and back to the Service Center.

use crate::desk::{BEARBEITET, FLENSBURG, FLENSBURG_BEARBEITET, INBOX, KIEL, UNGEKLAERT, ZURUECK};
use crate::way::{further_way, way};

#[test]
fn umgeordnet() {
    way(&[FLENSBURG], &["umgeordnet eingangszone flensburg <kiel"]);
}

#[test]
fn umgeordnet_and_back() {
    further_way(
        &[FLENSBURG, KIEL],
        &["umgeordnet eingangszone flensburg <kiel", "umgeordnet eingangszone kiel <flensburg"],
    );
}

#[test]
fn umgeordnet_from_a_mark_folder() {
    way(
        &[BEARBEITET, FLENSBURG],
        &[
            "bearbeitet eingangszone kiel",
            "wiedereroeffnet eingangszone kiel",
            "umgeordnet eingangszone flensburg <kiel",
        ],
    );
}

#[test]
fn umgeordnet_into_a_mark_folder() {
    further_way(
        &[FLENSBURG_BEARBEITET],
        &["umgeordnet eingangszone flensburg <kiel", "bearbeitet eingangszone flensburg"],
    );
}

#[test]
fn zurueckgegeben_by_the_mark() {
    way(&[ZURUECK], &["zurueckgegeben eingangszone kiel <kiel"]);
}

#[test]
fn zurueckgegeben_by_the_mark_and_then_put_into_inbox() {
    further_way(&[ZURUECK, INBOX], &["zurueckgegeben eingangszone kiel <kiel"]);
}

#[test]
fn zurueckgegeben_by_dragging_to_inbox() {
    way(&[INBOX], &["zurueckgegeben eingangszone kiel <kiel"]);
}

#[test]
fn zurueckgegeben_into_a_folder_of_the_service_center() {
    further_way(&[UNGEKLAERT], &["zurueckgegeben eingangszone kiel <kiel"]);
}

#[test]
fn zurueckgegeben_from_a_mark_folder() {
    further_way(
        &[BEARBEITET, INBOX],
        &[
            "bearbeitet eingangszone kiel",
            "wiedereroeffnet eingangszone kiel",
            "zurueckgegeben eingangszone kiel <kiel",
        ],
    );
}

#[test]
fn zurueckgegeben_and_given_to_another_one() {
    further_way(
        &[ZURUECK, FLENSBURG],
        &["zurueckgegeben eingangszone kiel <kiel", "uebergeben sc flensburg (manuell)"],
    );
}
