//! Makes sure that Chromium and its driver are there for the browser walks.

use std::process::Command;

use crate::process::{exists, run};

/// Installs Chromium and its driver if they are not there.
///
/// # Errors
/// Where it cannot, with what to do by hand.
pub fn ensure() -> Result<(), String> {
    if exists("chromium") && exists("chromedriver") {
        return Ok(());
    }
    if !exists("apt-get") {
        return Err(
            "the browser walks need Chromium and ChromeDriver of the same version on the PATH as `chromium` \
                    and `chromedriver`; install them with your system's package manager"
                .to_owned(),
        );
    }
    install(&["chromium", "chromium-driver", "fonts-dejavu-core"]).map_err(|error| {
        format!("{error}; install Chromium by hand: apt-get install chromium chromium-driver")
    })?;
    if exists("chromium") && exists("chromedriver") {
        Ok(())
    } else {
        Err("chromium and chromium-driver are installed, but `chromium` or `chromedriver` does not start"
            .to_owned())
    }
}

/// Installs Debian packages.
///
/// # Errors
/// Where it cannot.
pub fn install(packages: &[&str]) -> Result<(), String> {
    run(&mut as_root("apt-get", &["update", "-qq"]))?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    run(&mut as_root("apt-get", &arguments))
}

fn as_root(program: &str, arguments: &[&str]) -> Command {
    // Whether this is root is asked of the system's own `id`, so that no call of libc is needed for it.
    let is_root =
        Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let mut command = if is_root {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("-n").arg(program);
        sudo
    };
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}
