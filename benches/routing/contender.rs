//! Who competes, and the commands that each one consists of.

use std::net::SocketAddr;
use std::process::Command;

use crate::lab::Lab;
use crate::support::binary;
use crate::support::config::{ConfigDir, Postfach};
use crate::support::dovecot::SC_REGIONS;
use crate::support::guard::Guard;
use crate::{floor, imapfilter};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contender {
    Floor,
    Postweiche,
    Imapfilter,
}

/// Commands that run side by side, and what they need until they are done.
pub struct Work {
    pub commands: Vec<Command>,
    _config: Option<ConfigDir>,
    _dir: Option<Guard>,
}

impl Contender {
    pub fn name(self) -> &'static str {
        match self {
            Contender::Floor => "floor",
            Contender::Postweiche => "postweiche",
            Contender::Imapfilter => "imapfilter",
        }
    }

    pub fn by_name(name: &str) -> Option<Contender> {
        [Contender::Floor, Contender::Postweiche, Contender::Imapfilter].into_iter().find(|one| one.name() == name)
    }

    /// Everything that is not part of the work itself: configurations, an empty ledger.
    pub fn prepare(self, lab: &Lab, address: SocketAddr) -> Work {
        match self {
            Contender::Floor => {
                let dir = Guard::directory("postweiche-bench");
                let command = floor::command(lab, address, dir.dir());
                Work { commands: vec![command], _config: None, _dir: Some(dir) }
            }
            Contender::Postweiche => {
                let config = ConfigDir::new(SC_REGIONS.iter().map(|name| Postfach::plain(name, address)), "");
                let command = binary::command(&["once", "--format", "json"], &config.file());
                Work { commands: vec![command], _config: Some(config), _dir: None }
            }
            Contender::Imapfilter => {
                let dir = Guard::directory("postweiche-bench");
                let commands = imapfilter::commands(lab, address, dir.dir());
                Work { commands, _config: None, _dir: Some(dir) }
            }
        }
    }
}
