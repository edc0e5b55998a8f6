//! The resources that are read.

use actix_web::web;

/// The routes of each resource.
pub fn configure(service: &mut web::ServiceConfig) {
    let _ = service;
}
