//! Paths as people read them.

use std::path::{Component, Path, PathBuf};

/// The same path without `x/..` in it. Where `x` is a symbolic link the way back leads elsewhere, and stays as written.
pub fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        let goes_back = component == Component::ParentDir
            && matches!(tidied.components().next_back(), Some(Component::Normal(_)))
            && !tidied.is_symlink();
        if goes_back {
            tidied.pop();
        } else {
            tidied.push(component);
        }
    }
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_there_and_back_is_left_out() {
        for (written, expected) in [
            ("config/../rules", "rules"),
            ("config/../../rules", "../rules"),
            ("../rules", "../rules"),
            ("/etc/pw/./x/y/../../rules", "/etc/pw/rules"),
            ("/../rules", "/../rules"),
            ("config/..", "."),
        ] {
            assert_eq!(tidy(Path::new(written)), Path::new(expected), "{written}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_left_out() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/usr/lib", dir.path().join("link")).unwrap();
        let written = dir.path().join("link/../rules");
        assert_eq!(tidy(&written), written);
    }
}
