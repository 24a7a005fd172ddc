//! The demo programme: data, loaded like any other site, and the links and codes to try it with.

use crate::app::{App, AppError};
use crate::site::NewSite;
use crate::store;
use handoff::domain::wire::Role;
use serde::Serialize;
use std::path::Path;

/// Where the demo programme stands among the built-in files.
const PROGRAMME: &str = "demo/programme.json";

/// What a person or a script needs to try the demo.
#[derive(Debug, Serialize)]
pub struct Demo {
    /// Where the server is.
    pub server: String,
    /// A one-time code for a phone.
    pub phone_code: String,
    /// One sign-in link for each person of the console.
    pub links: Vec<Link>,
    /// Officers who may start a shift.
    pub officers: Vec<Officer>,
}

/// A sign-in link.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Whose.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The link, good once.
    pub url: String,
}

/// An officer.
#[derive(Debug, Serialize)]
pub struct Officer {
    /// Their name.
    pub name: String,
    /// Their serial number.
    pub serial: String,
}

/// Loads the demo programme, as often as it is asked, and makes new links and a new code.
///
/// # Errors
/// [`AppError`].
pub async fn prepare(app: &App) -> Result<Demo, AppError> {
    let now = app.now();
    let site = NewSite::parse(PROGRAMME, handoff::assets::text(PROGRAMME).unwrap_or_default(), now)?;
    app.store().write(move |db| site.save(db, now)).await?;
    app.fresh_site().await?;
    let staff = app.store().read(|db| store::staff_list(db)).await?;
    let mut demo = Demo {
        server: app.url().to_owned(),
        phone_code: app.enrolment_code(None).await?,
        links: Vec::new(),
        officers: Vec::new(),
    };
    for person in staff.into_iter().filter(|person| person.active) {
        match person.role {
            Role::Officer => demo.officers.push(Officer { name: person.name, serial: person.serial }),
            Role::CaseManager | Role::Sergeant | Role::Prosecutor => {
                let url = app.invite(&person.login).await?;
                demo.links.push(Link { name: person.name, role: person.role, url });
            }
        }
    }
    Ok(demo)
}

/// Writes what the demo needs to `demo.json` in the data folder, for scripts. It holds one-time secrets: 0600.
///
/// # Errors
/// [`AppError::Io`].
pub fn write(demo: &Demo, folder: &Path) -> Result<(), AppError> {
    let path = folder.join("demo.json");
    let fault = |e| AppError::Io(path.display().to_string(), e);
    let json = serde_json::to_vec_pretty(demo).map_err(|e| fault(e.into()))?;
    crate::keys::write_private(&path, &json).map_err(fault)
}
