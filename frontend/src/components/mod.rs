//! What pages are made of. No component knows a page.

pub mod badge;
pub mod breadcrumbs;
pub mod change;
pub mod controls;
pub mod gauge;
pub mod headline;
pub mod listing;
pub mod panels;
pub mod scroll;
pub mod sparkline;
pub mod table;
pub mod tile;
pub mod time;
