//! Search everything, and go everywhere, with the keyboard alone.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use plimsoll_api::{HitKind, SearchAnswer, SearchHit};

use crate::link::Scope;
use crate::place::Place;
use crate::route::{ProjectRoute, Route};
use crate::state::Status;
use crate::{api, browser, text};

/// Something to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it is, in a word.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// Where it is.
    pub detail: String,
    /// Its address.
    pub href: String,
}

/// The pages that can be gone to, with the keys that do it after `g`.
pub const PAGES: [(&str, &str, ProjectRoute); 6] = [
    ("p", "Project", ProjectRoute::Overview),
    ("h", "Hotspots", ProjectRoute::Hotspots),
    ("t", "Tests", ProjectRoute::Tests(None)),
    ("f", "Findings", ProjectRoute::Findings(None)),
    ("r", "Runs", ProjectRoute::Runs),
    ("s", "Set up", ProjectRoute::SetUp),
];

/// Filtered lists that are asked for often.
const VIEWS: [(&str, ProjectRoute, &str, &str); 6] = [
    ("Failing tests", ProjectRoute::Tests(None), "state", "failing"),
    ("Newly failing tests", ProjectRoute::Tests(None), "state", "newly-failing"),
    ("Flaky tests", ProjectRoute::Tests(None), "state", "flaky"),
    ("New findings", ProjectRoute::Findings(None), "state", "new"),
    ("Security findings", ProjectRoute::Findings(None), "kind", "security"),
    ("Compare two runs", ProjectRoute::Compare, "", ""),
];

/// The commands whose names hold every word.
pub fn commands(project: &str, words: &str) -> Vec<Choice> {
    let wanted = browser::lower_case(words);
    let fits = |title: &str| {
        let title = browser::lower_case(title);
        wanted.split_whitespace().all(|word| title.contains(word))
    };
    let command = |title: &str, href: String| Choice {
        kind: "go to",
        title: title.to_owned(),
        detail: String::new(),
        href,
    };
    let mut all = vec![];
    if !project.is_empty() {
        all.extend(PAGES.iter().map(|(_, title, page)| command(title, page.path(project))));
        all.extend(
            VIEWS
                .iter()
                .map(|(title, page, name, value)| command(title, page.with(project, &[(name, value)]))),
        );
    }
    all.push(command("All projects", "/".to_owned()));
    all.retain(|choice| fits(&choice.title));
    all
}

/// What a hit is called and where it leads.
pub fn choice(hit: &SearchHit, scope: &Scope) -> Choice {
    let path = hit.path.as_deref().unwrap_or_default();
    let id = hit.id.unwrap_or(0);
    let (kind, href) = match hit.kind {
        HitKind::Module => ("module", scope.module(path)),
        HitKind::File => ("file", scope.file(path)),
        HitKind::Test => ("test", scope.test(id)),
        HitKind::Run => ("run", scope.run(id)),
        HitKind::Finding if path.is_empty() => {
            ("finding", scope.page(ProjectRoute::Findings(None), &[("q", &hit.title)]))
        }
        HitKind::Finding => ("finding", scope.file(path)),
        HitKind::Vulnerability => ("vulnerability", scope.vulnerability(&hit.title)),
    };
    Choice {
        kind,
        title: text::shorten(&text::line(&hit.title), 120).into_owned(),
        detail: text::line(&hit.detail).into_owned(),
        href,
    }
}

/// The dialog. It closes by itself when somebody goes somewhere.
pub fn palette(is_open: RwSignal<bool>) -> AnyView {
    let place = Place::here();
    let project = match place.route_now() {
        Route::In { project, .. } => project,
        _ => String::new(),
    };
    let typed = RwSignal::new(String::new());
    let asked = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let of = project.clone();
    let remote = api::load::<SearchAnswer>(move || {
        let words = asked.get();
        (!words.is_empty() && !of.is_empty()).then(|| api::resource(&of, "search", &[("q", &words)]))
    });
    let choices = Memo::new(move |_| {
        let words = typed.get();
        let mut all = vec![];
        if !words.trim().is_empty()
            && let Some(answer) = remote.get()
        {
            let scope =
                Scope { project: project.clone(), run: answer.run.unwrap_or(0), branch: String::new() };
            all.extend(answer.hits.iter().map(|hit| choice(hit, &scope)));
        }
        all.extend(commands(&project, &words));
        all
    });
    let input = move |event| {
        typed.set(event_target_value(&event));
        at.set(0);
        let mine = typed.get_untracked();
        set_timeout(
            move || {
                if typed.try_get_untracked().as_ref() == Some(&mine) {
                    asked.try_set(mine.trim().to_owned());
                }
            },
            std::time::Duration::from_millis(80),
        );
    };
    let key = move |event: KeyboardEvent| {
        let last = choices.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = if *at == 0 { last } else { *at - 1 }),
            "Enter" => {
                let href =
                    choices.with_untracked(|all| all.get(at.get_untracked()).map(|it| it.href.clone()));
                if let Some(href) = href {
                    is_open.set(false);
                    place.go(&href);
                }
            }
            "Escape" => is_open.set(false),
            _ => return,
        }
        event.prevent_default();
    };
    let said = move || match &*remote.request.status.read() {
        Status::Failed(problem) => problem.error.message.clone(),
        _ => choices.with(|all| match all.len() {
            0 => "Nothing has a name like this.".to_owned(),
            found => crate::format::counted(found as u64, "result", "results"),
        }),
    };
    let active = move || (!choices.with(Vec::is_empty)).then(|| format!("found-{}", at.get()));
    let options = move || {
        let all = choices.get();
        all.into_iter().enumerate().map(|(index, choice)| option(index, choice, at)).collect_view()
    };
    view! {
        <div class="shade" on:click=move |_| is_open.set(false)></div>
        <div class="palette" role="dialog" aria-modal="true" aria-label="Search everything">
            <input id="palette" type="search" role="combobox" aria-expanded="true" aria-controls="found" autocomplete="off"
                spellcheck="false" aria-label="Search modules, files, tests, findings, runs and commands"
                placeholder="Search modules, files, tests, findings, runs, commands"
                aria-activedescendant=active
                on:input=input on:keydown=key on:blur=move |_| is_open.set(false) />
            <ul id="found" role="listbox" aria-label="Results" on:pointerdown=move |event| event.prevent_default()
                on:click=move |_| is_open.set(false)>{options}</ul>
            <p class="quiet" role="status">{said}</p>
        </div>
    }
    .into_any()
}

fn option(index: usize, choice: Choice, at: RwSignal<usize>) -> AnyView {
    let Choice { kind, title, detail, href } = choice;
    let is_chosen = move || (at.get() == index).to_string();
    view! {
        <li role="presentation">
            <a role="option" id=format!("found-{index}") aria-selected=is_chosen href=href tabindex="-1"><span class="quiet kind-of">{kind}</span> <b>{title}</b> <span class="path">{detail}</span></a>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_by_their_words() {
        let titles = |words| {
            let found = commands("shop", words);
            found.into_iter().map(|choice| choice.title).collect::<Vec<_>>()
        };
        assert_eq!(titles("flaky"), ["Flaky tests"]);
        assert_eq!(titles("TESTS fail"), ["Failing tests", "Newly failing tests"]);
        assert_eq!(titles("zzz"), Vec::<String>::new());
        assert_eq!(commands("", "").len(), 1);
        assert_eq!(commands("shop", "flaky")[0].href, "/p/shop/tests?state=flaky");
    }

    #[test]
    fn hits_lead_to_their_pages() {
        let scope = Scope { project: "shop".to_owned(), run: 7, branch: String::new() };
        let hit = |kind, path: Option<&str>, id| SearchHit {
            kind,
            title: "x".to_owned(),
            detail: String::new(),
            path: path.map(str::to_owned),
            id,
        };
        for (hit, href) in [
            (hit(HitKind::Module, Some("a/b"), None), "/p/shop/module?path=a/b"),
            (hit(HitKind::File, Some("a/b.rs"), None), "/p/shop/runs/7/file?path=a/b.rs"),
            (hit(HitKind::Test, None, Some(3)), "/p/shop/tests/3"),
            (hit(HitKind::Run, None, Some(4)), "/p/shop/runs/4"),
            (hit(HitKind::Finding, None, Some(5)), "/p/shop/findings?q=x"),
            (hit(HitKind::Finding, Some("c.py"), Some(5)), "/p/shop/runs/7/file?path=c.py"),
            (hit(HitKind::Vulnerability, None, None), "/p/shop/vulnerability?id=x"),
        ] {
            assert_eq!(choice(&hit, &scope).href, href);
        }
    }
}
