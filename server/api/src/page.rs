use serde::{Deserialize, Serialize};

/// A part of a list. Seek pagination: `next` goes into `after` of the next request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next part begins; absent at the end.
    pub next: Option<String>,
    /// How many rows the whole list has with the filters of this request.
    pub total: u64,
}
