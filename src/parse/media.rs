//! What a part says about itself: its type, its name, how it is encoded (RFC 2045, 2183, 2231).

use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

use super::header::RawField;
use super::limits::{self, bounded};
use super::transfer::Encoding;

/// The MIME fields of a part, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Media {
    /// `type/subtype` in lower case; the default of the place where the part stands if none is given or readable.
    pub(super) content_type: String,
    pub(super) charset: Option<String>,
    pub(super) boundary: Option<String>,
    /// Decoded file name from `Content-Disposition`, else from `Content-Type`.
    pub(super) name: Option<String>,
    pub(super) is_attachment: bool,
    /// Plain text whose lines flow (RFC 3676).
    pub(super) is_flowed: bool,
    /// The blank before a soft line break is not part of such a text.
    pub(super) deletes_space: bool,
    pub(super) encoding: Encoding,
}

impl Media {
    /// Reads the first field of each kind. `default_type` is what a part without Content-Type is here.
    pub(super) fn of(fields: &[RawField<'_>], default_type: &str) -> Self {
        let first = |name: &str| fields.iter().find(|field| field.is(name));
        let content = first("content-type").and_then(parameters);
        let disposition = first("content-disposition").and_then(parameters);
        let attribute = |from: &Option<ContentType<'static>>, name: &str| {
            from.as_ref()
                .and_then(|field| field.attribute(name))
                .map(str::trim)
                .filter(|v| !v.is_empty())
                .map(str::to_owned)
        };
        let says = |name: &str, value: &str| attribute(&content, name).is_some_and(|v| v.eq_ignore_ascii_case(value));
        Media {
            content_type: content.as_ref().and_then(full_type).unwrap_or_else(|| default_type.to_owned()),
            charset: attribute(&content, "charset"),
            boundary: attribute(&content, "boundary"),
            name: attribute(&disposition, "filename")
                .or_else(|| attribute(&content, "name"))
                .map(|name| bounded(name, limits::ATTACHMENT_NAME)),
            is_attachment: disposition.is_some_and(|field| field.ctype().eq_ignore_ascii_case("attachment")),
            is_flowed: says("format", "flowed"),
            deletes_space: says("delsp", "yes"),
            encoding: first("content-transfer-encoding")
                .map(|field| Encoding::from_field(&field.unfolded()))
                .unwrap_or_default(),
        }
    }

    pub(super) fn is_multipart(&self) -> bool {
        self.content_type.starts_with("multipart/")
    }

    pub(super) fn is_message(&self) -> bool {
        matches!(self.content_type.as_str(), "message/rfc822" | "message/global")
    }

    pub(super) fn is_html(&self) -> bool {
        self.content_type == "text/html"
    }

    pub(super) fn is_readable_text(&self) -> bool {
        self.content_type == "text/plain" || self.is_html()
    }

    /// The content is closed to us: S/MIME, PGP/MIME or Outlook's TNEF.
    pub(super) fn is_opaque(&self) -> bool {
        matches!(
            self.content_type.as_str(),
            "application/pkcs7-mime"
                | "application/x-pkcs7-mime"
                | "multipart/encrypted"
                | "application/pgp-encrypted"
                | "application/ms-tnef"
                | "application/vnd.ms-tnef"
        ) || self
            .name
            .as_deref()
            .is_some_and(|name| ["winmail.dat", "smime.p7m"].iter().any(|known| name.eq_ignore_ascii_case(known)))
    }
}

fn parameters(field: &RawField<'_>) -> Option<ContentType<'static>> {
    match MessageStream::new(field.for_structure().as_bytes()).parse_content_type().into_owned() {
        HeaderValue::ContentType(content_type) => Some(content_type),
        _ => None,
    }
}

/// A type without subtype, or one that is no token, says nothing (RFC 2045, 5.2).
fn full_type(content_type: &ContentType<'static>) -> Option<String> {
    let full = format!("{}/{}", content_type.ctype().trim(), content_type.subtype()?.trim()).to_ascii_lowercase();
    let is_token = full.bytes().all(|byte| byte.is_ascii_graphic()) && full.len() <= limits::CONTENT_TYPE;
    (is_token && full.matches('/').count() == 1 && !full.starts_with('/') && !full.ends_with('/')).then_some(full)
}

#[cfg(test)]
mod tests {
    use super::super::header::fields;
    use super::*;

    fn of(header: &str) -> Media {
        Media::of(&fields(header.as_bytes()).collect::<Vec<_>>(), "text/plain")
    }

    #[test]
    fn names_of_attachments() {
        let cases = [
            ("Content-Disposition: attachment; filename=Antrag.pdf", Some("Antrag.pdf")),
            ("Content-Disposition: attachment; filename=\"Antrag (1); neu.pdf\"", Some("Antrag (1); neu.pdf")),
            ("Content-Disposition: attachment; filename*=utf-8''K%C3%BCndigung.pdf", Some("Kündigung.pdf")),
            ("Content-Disposition: attachment; filename*=iso-8859-1'de'K%FCndigung.pdf", Some("Kündigung.pdf")),
            (
                "Content-Disposition: attachment;\r\n filename*0=Krank;\r\n filename*1=meldung.pdf",
                Some("Krankmeldung.pdf"),
            ),
            (
                "Content-Disposition: attachment;\r\n filename*0*=utf-8''K%C3%BC;\r\n filename*1*=ndigung%20;\r\n filename*2=1.pdf",
                Some("Kündigung 1.pdf"),
            ),
            ("Content-Disposition: attachment; filename=\"=?utf-8?Q?K=C3=BCndigung=2Epdf?=\"", Some("Kündigung.pdf")),
            (
                "Content-Disposition: attachment; filename=\"=?utf-8?B?S8O8bmQ=?=\r\n =?utf-8?B?aWd1bmcucGRm?=\"",
                Some("Kündigung.pdf"),
            ),
            ("Content-Type: application/pdf; name=\"=?iso-8859-1?Q?K=FCndigung.pdf?=\"", Some("Kündigung.pdf")),
            ("Content-Type: application/pdf; name=Kündigung.pdf", Some("Kündigung.pdf")),
            ("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: inline; filename=b.pdf", Some("b.pdf")),
            ("Content-Disposition: attachment", None),
            ("Content-Disposition: attachment; filename=\"\"", None),
        ];
        for (header, name) in cases {
            assert_eq!(of(header).name.as_deref(), name, "{header}");
        }
    }

    #[test]
    fn types() {
        let cases = [
            ("Content-Type: TEXT/HTML; charset=\"UTF-8\"", "text/html", Some("UTF-8")),
            ("Content-Type: text/plain; charset=iso-8859-1; format=flowed", "text/plain", Some("iso-8859-1")),
            ("Content-Type: text/html;\r\n\tcharset=utf-8", "text/html", Some("utf-8")),
            ("Content-Type: text", "text/plain", None),
            ("Content-Type: /", "text/plain", None),
            ("Content-Type: ", "text/plain", None),
            ("Content-Type: Application/PKCS7-MIME (secret); name=smime.p7m", "application/pkcs7-mime", None),
            ("X: y", "text/plain", None),
            ("Content-Type: text/html\r\nContent-Type: text/plain", "text/html", None),
        ];
        for (header, content_type, charset) in cases {
            let media = of(header);
            assert_eq!((media.content_type.as_str(), media.charset.as_deref()), (content_type, charset), "{header}");
        }
        assert_eq!(of("Content-Type: multipart/mixed; boundary=\"a b=c\"").boundary.as_deref(), Some("a b=c"));
        assert!(of("Content-Disposition: ATTACHMENT").is_attachment);
        let flowed = of("Content-Type: text/plain; Format=\"Flowed\";\r\n\tDelSp=Yes");
        assert!(flowed.is_flowed && flowed.deletes_space);
        assert!(!of("Content-Type: text/plain; format=fixed").is_flowed);
    }
}
