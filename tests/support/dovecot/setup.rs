//! The files of an instance: configuration, accounts, certificate, and a place for the mail.

use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Options, PASSWORD};

/// INTERNALDATE is told in the server's time: that of Berlin, in a form that needs no time zone database.
const TIME_ZONE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// Every instance greets in words of its own.
pub fn greeting(dir: &Path) -> String {
    format!("private server in {}", dir.display())
}

/// Where the mail of an account lies.
pub fn home(dir: &Path, users: &[String], user: &str) -> PathBuf {
    let index = users.iter().position(|name| name == user).unwrap_or_else(|| panic!("no account {user}"));
    dir.join("mail").join(index.to_string())
}

/// Writes all that an instance needs into its directory.
pub fn write_files(dir: &Path, options: &Options, port: u16, tls_port: u16) {
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).expect("the directory is ours");
    let certificate = rcgen::generate_simple_self_signed(["localhost".into(), "127.0.0.1".into()])
        .expect("a certificate for localhost can be made");
    write("cert.pem", &certificate.cert.pem());
    write("key.pem", &certificate.signing_key.serialize_pem());

    let mail = dir.join("mail");
    std::fs::create_dir(&mail).expect("the directory is ours");
    let owner = Owner::of(dir);
    if owner.is_root {
        std::os::unix::fs::chown(&mail, Some(owner.uid), Some(owner.gid)).expect("root may give files away");
    }
    let mut users = String::new();
    for user in &options.users {
        let home = home(dir, &options.users, user);
        // Dovecot escapes the name before it looks it up.
        let user = user.replace('\\', r"\\");
        writeln!(users, "{user}:{{PLAIN}}{PASSWORD}:{}:{}::{}::", owner.uid, owner.gid, home.display())
            .expect("writing to a string cannot fail");
    }
    write("users", &users);
    write("dovecot.conf", &configuration(dir, &owner, port, tls_port, &options.extra));
}

/// Who owns the mail.
struct Owner {
    uid: u32,
    gid: u32,
    is_root: bool,
}

impl Owner {
    /// The user who made `dir`; for root the traditional `nobody`, whom every Linux has.
    fn of(dir: &Path) -> Owner {
        let created = std::fs::metadata(dir).expect("the directory is ours");
        match created.uid() {
            0 => Owner { uid: 65534, gid: 65534, is_root: true },
            uid => Owner { uid, gid: created.gid(), is_root: false },
        }
    }
}

fn configuration(dir: &Path, owner: &Owner, port: u16, tls_port: u16, extra: &str) -> String {
    let greeting = greeting(dir);
    let dir = dir.display();
    let identity = if owner.is_root {
        String::new()
    } else {
        // Without root all its processes run as the one user there is.
        format!(
            "default_internal_user = {0}\ndefault_login_user = {0}\ndefault_internal_group = {1}",
            id_name("-un"),
            id_name("-gn")
        )
    };
    format!(
        r#"base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
import_environment = TZ={TIME_ZONE}
protocols = imap
listen = 127.0.0.1
login_greeting = {greeting}
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
auth_username_chars =
auth_username_format = %u
auth_failure_delay = 0
auth_verbose = yes
mail_location = sdbox:~/mail
mail_fsync = never
mail_max_userip_connections = 1000
first_valid_uid = 1
default_vsz_limit = 0
{identity}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = {dir}/users
}}
userdb {{
  driver = passwd-file
  args = {dir}/users
}}
service imap-login {{
  # One long-lived process for all logins instead of one for each.
  service_count = 0
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  # Failed logins from one address would be answered more and more slowly.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{extra}
"#
    )
}

/// Name of the user or group of this process.
fn id_name(option: &str) -> String {
    let output = Command::new("id").arg(option).output().expect("id runs");
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}
