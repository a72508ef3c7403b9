//! Looks at ledger, disk, key and lock. Changes nothing and takes no lock.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{Access, access, statvfs};

use super::facts::{Directory, ServiceFacts, Space};
use crate::config::Dienst;
use crate::daemon::{hash_key, instance};
use crate::store::{ledger_path, survey};

/// Looks at what all mailboxes share. Blocks; the check of a big ledger takes seconds.
pub fn service(dienst: &Dienst) -> ServiceFacts {
    let state_dir = &dienst.state_dir;
    let writable = |path: &Path| access(path, Access::WRITE_OK).is_ok();
    let dir = fs::metadata(state_dir).ok().filter(fs::Metadata::is_dir).map(|found| Directory {
        mode: found.mode() & 0o777,
        ours: found.uid() == rustix::process::geteuid().as_raw(),
        writable: writable(state_dir),
    });
    let path = ledger_path(state_dir);
    // Before the look, which leaves the index of the WAL behind where there is none.
    let ledger_writable = existing(state_dir).is_some_and(writable) && (!path.exists() || writable(&path));
    let space = existing(state_dir).and_then(|dir| statvfs(dir).ok()).map(|found| Space {
        bytes: found.f_bavail.saturating_mul(found.f_frsize),
        inodes: (found.f_files > 0).then_some(found.f_favail),
    });
    ServiceFacts {
        state_dir: state_dir.clone(),
        dir,
        ledger: survey(state_dir, Timestamp::now()),
        ledger_writable,
        space,
        key: hash_key::look(dienst.hash_key.as_ref(), state_dir),
        holder: instance::holder(state_dir),
    }
}

/// The directory itself, or the nearest one above it that is there.
fn existing(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|dir| dir.is_dir())
}
