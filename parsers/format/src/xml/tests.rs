use super::{Reader, head};
use crate::{Input, LimitName, Limits, ParseError, ParseErrorKind};

struct Nothing;

impl crate::Sink for Nothing {
    fn warning(&mut self, _: crate::Warning) {}
}

fn text_of_root(text: &str) -> Result<String, ParseError> {
    let limits = Limits { text_bytes: 64, ..Limits::default() };
    let mut reader = Reader::new(&Input::new("", text, &limits));
    let root = reader.root()?;
    let text = reader.text(&root)?.into_owned();
    reader.finish()?;
    Ok(text)
}

/// Every attribute and every element's name, in the order of the document.
fn outline(text: &str, limits: &Limits) -> Result<String, ParseError> {
    fn walk(
        reader: &mut Reader<'_>,
        out: &mut String,
        element: &super::Element<'_>,
    ) -> Result<(), ParseError> {
        out.push_str(element.name());
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| error.in_path(reader.path()))?;
            out.push_str(&format!(" {}={}", attribute.name, attribute.value()?));
        }
        Ok(())
    }
    let input = Input::new("", text, limits);
    let mut reader = Reader::new(&input);
    let mut out = String::new();
    let root = reader.root()?;
    walk(&mut reader, &mut out, &root)?;
    while let Some(child) = reader.child(&root)? {
        out.push('(');
        walk(&mut reader, &mut out, &child)?;
        while let Some(inner) = reader.child(&child)? {
            out.push('(');
            walk(&mut reader, &mut out, &inner)?;
            out.push(')');
        }
        out.push(')');
    }
    reader.finish()?;
    Ok(out)
}

#[track_caller]
fn check_outline(text: &str, expect: &str) {
    assert_eq!(outline(text, &Limits::default()).as_deref(), Ok(expect), "{text}");
}

#[test]
fn walks_children_and_skips_what_is_deeper() {
    check_outline("<a/>", "a");
    check_outline("<a><b/><c></c></a>", "a(b)(c)");
    check_outline("<a><b><c><d><e/></d>text</c><f/></b><g/></a>", "a(b(c)(f))(g)");
    check_outline("<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x.dtd' [<!ENTITY e 'v'>]><!-- c --><a/>\n", "a");
    check_outline(" \n<a/>\0", "a");
}

#[test]
fn reads_attributes() {
    check_outline(r#"<a x="1" y = 'it"s'><b z=""/></a>"#, r#"a x=1 y=it"s(b z=)"#);
    check_outline("<n:a xmlns:n='u' xmlns='v' n:x='1'/>", "a x=1");
    check_outline("<a x='&lt;&#65;&#x42;&amp;&quot;&apos;&gt;'/>", "a x=<AB&\"'>");
    check_outline("<a x='1\r\n2\t3'/>", "a x=1 2 3");
    check_outline("<a x='p?a=1&b=2&#0;'/>", "a x=p?a=1&b=2\u{fffd}");
    check_outline("<a x='>'/>", "a x=>");
}

#[test]
fn puts_text_together() {
    assert_eq!(text_of_root("<a>one</a>").as_deref(), Ok("one"));
    assert_eq!(text_of_root("<a>1 &lt; <b>2</b>&#33;</a>").as_deref(), Ok("1 < 2!"));
    assert_eq!(text_of_root("<a><![CDATA[x]]]]><![CDATA[>y]]></a>").as_deref(), Ok("x]]>y"));
    assert_eq!(text_of_root("<a>l1\r\nl2</a>").as_deref(), Ok("l1\nl2"));
    assert_eq!(text_of_root("<a>fish & chips; & more</a>").as_deref(), Ok("fish & chips; & more"));
    assert_eq!(text_of_root("<a/>").as_deref(), Ok(""));
}

#[test]
fn errors_name_the_place() {
    let error = |text| outline(text, &Limits::default()).expect_err(text).to_string();
    assert_eq!(
        error("<a><b/><c x='1'"),
        "the file ends too early: tag not closed: `>` not found before end of input, in a, at byte 7"
    );
    assert_eq!(error("<a><b/><c>"), "the file ends too early: `</c>` is missing, in a/c[2], at byte 10");
    assert_eq!(error("<a><b/><c x></c></a>"), "the attribute `x` has no quoted value, in a/c[2], at byte 9");
    assert_eq!(error("<a/><b/>"), "a second root element, in b, at byte 8");
    assert_eq!(error("<a/>more"), "text after the root element, at byte 8");
    assert_eq!(error(" \n"), "the file is empty");
    assert_eq!(
        error("<a x='&lol;'/>"),
        "the entity `&lol;` is not one of the five predefined ones, in @x, at byte 6"
    );
    assert!(error("<a></b>").contains("expected `</a>`"));
}

#[test]
fn entities_are_refused_in_text() {
    let bomb = "<!DOCTYPE a [<!ENTITY x 'xx'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
    let error = text_of_root(bomb).expect_err("custom entity");
    assert!(matches!(error.kind, ParseErrorKind::Unsupported(_)), "{error}");
}

#[test]
fn limits_are_kept() {
    let limits = Limits { depth: 3, attributes: 2, text_bytes: 4, ..Limits::default() };
    let met = |text: &str| match outline(text, &limits).expect_err(text).kind {
        ParseErrorKind::Limit { name, .. } => name,
        other => panic!("{other}"),
    };
    assert_eq!(met("<a><a><a><a/></a></a></a>"), LimitName::Depth);
    assert_eq!(met("<a x='' y='' z=''/>"), LimitName::Attributes);
    assert_eq!(met("<a x='12345'/>"), LimitName::TextBytes);
    let mut reader = Reader::new(&Input::new("", "<a>12é45</a>", &limits));
    let root = reader.root().expect("root");
    assert_eq!(reader.text(&root).expect_err("long").kind, super::limit(LimitName::TextBytes, 4));
    let mut reader = Reader::new(&Input::new("", "<a>123<!-- -->é5</a>", &limits));
    let root = reader.root().expect("root");
    assert_eq!(reader.shown_text(&root, &mut Nothing).as_deref(), Ok("123"));
}

#[test]
fn errors_do_not_repeat_a_name_as_long_as_the_document() {
    let name = "n".repeat(1 << 20);
    let limits = Limits::default();
    for text in [
        format!("<{name}>"),
        format!("<{name}><{name}>&{name};</{name}>"),
        format!("<a></{name}>"),
        format!("<a {name}/>"),
        format!("<a b='&{name};'/>"),
    ] {
        let mut reader = Reader::new(&Input::new("", &text, &limits));
        let error = reader.root().and_then(|root| {
            root.attribute("b")?;
            reader.text(&root)
        });
        let Err(error) = error else { continue };
        assert!(error.to_string().len() < 4096, "{} bytes", error.to_string().len());
    }
}

#[test]
fn head_finds_the_root() {
    let found = head(
        "<?xml version='1.0'?>\n<!-- <x> --><!DOCTYPE coverage SYSTEM 'u'><c:coverage a='1>2' b=\"3\"><d><e",
    )
    .expect("head");
    assert_eq!((found.root, found.doctype), ("coverage", "coverage SYSTEM 'u'"));
    assert_eq!(
        (found.attribute("a"), found.attribute("b"), found.attribute("c")),
        (Some("1>2"), Some("3"), None)
    );
    assert_eq!(found.elements().collect::<Vec<_>>(), ["d", "e"]);
    assert!(head("{}").is_none());
    assert!(head("").is_none());
    assert!(head("<!-- endless").is_none());
    assert_eq!(head("<a").map(|head| head.root), Some("a"));
    assert_eq!(head("<!DOCTYPE a [<!ENTITY b \">\">]><a/>").map(|head| head.root), Some("a"));
}
