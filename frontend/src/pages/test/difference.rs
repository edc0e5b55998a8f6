use leptos::prelude::*;
use plimsoll_api::{DiffKind, FailureDifference};

use crate::link::{Scope, link};
use crate::text;

/// How the two newest failures differ, line by line. A sign tells the sides apart as well as the colour does.
pub fn difference(difference: &FailureDifference, scope: &Scope) -> AnyView {
    let lines = difference
        .lines
        .iter()
        .map(|line| {
            let (class, sign) = match line.kind {
                DiffKind::Same => ("", "  "),
                DiffKind::Added => ("added", "+ "),
                DiffKind::Removed => ("removed", "− "),
                DiffKind::Gap => ("quiet", "⋯"),
            };
            view! { <span class=class>{sign} {text::line(&line.text).into_owned()} "\n"</span> }
        })
        .collect_view();
    let run = |run: u64| link(scope.run(run), "", format!("#{run}"));
    let shown = if difference.lines.is_empty() {
        view! { <p class="quiet">"They say the same."</p> }.into_any()
    } else {
        view! { <pre class="diff">{lines}</pre> }.into_any()
    };
    view! {
        <section aria-labelledby="difference">
            <h2 id="difference">"The last two failures "<small>"− " {run(difference.before)} " + " {run(difference.after)}</small></h2>
            {shown}
        </section>
    }
    .into_any()
}
