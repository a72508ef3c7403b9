//! What IMAP looks like on the wire: literals, strings, lists (RFC 3501, section 4).

/// The length of the literal that a line announces at its end: `{42}` or `{42+}`.
pub fn announced_literal(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\r\n").or_else(|| line.strip_suffix(b"\n"))?.strip_suffix(b"}")?;
    let number = &line[line.iter().rposition(|&byte| byte == b'{')? + 1..];
    std::str::from_utf8(number.strip_suffix(b"+").unwrap_or(number)).ok()?.parse().ok()
}

/// A response taken apart.
#[derive(Debug)]
pub enum Value {
    /// Atom, quoted string or literal.
    Text(Vec<u8>),
    List(Vec<Value>),
}

impl Value {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Value::Text(bytes) => bytes,
            Value::List(_) => panic!("a list where a string belongs"),
        }
    }

    pub fn text(&self) -> String {
        show(self.bytes())
    }

    pub fn list(&self) -> &[Value] {
        match self {
            Value::List(values) => values,
            Value::Text(text) => panic!("{} where a list belongs", show(text)),
        }
    }

    /// Whether this is that word; ASCII case does not matter.
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Value::Text(text) if text.eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// The values of a whole response, its tag or asterisk included.
pub fn values(response: &[u8]) -> Vec<Value> {
    let mut rest = response;
    list(&mut rest)
}

/// Reads up to the closing parenthesis or the end of the response.
fn list(rest: &mut &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    while let Some((&first, tail)) = rest.split_first() {
        match first {
            b')' => {
                *rest = tail;
                break;
            }
            b'(' => {
                *rest = tail;
                values.push(Value::List(list(rest)));
            }
            b'"' => values.push(Value::Text(quoted_string(rest))),
            b'{' => values.push(Value::Text(literal(rest))),
            b' ' | b'\r' | b'\n' => *rest = tail,
            _ => {
                let end = rest.iter().position(|byte| b" ()\r\n".contains(byte)).unwrap_or(rest.len());
                values.push(Value::Text(rest[..end].to_vec()));
                *rest = &rest[end..];
            }
        }
    }
    values
}

fn quoted_string(rest: &mut &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut bytes = rest.iter().enumerate().skip(1);
    while let Some((index, &byte)) = bytes.next() {
        match byte {
            b'"' => {
                *rest = &rest[index + 1..];
                return text;
            }
            b'\\' => text.extend(bytes.next().map(|(_, byte)| byte)),
            _ => text.push(byte),
        }
    }
    panic!("a quoted string without end");
}

fn literal(rest: &mut &[u8]) -> Vec<u8> {
    let line_end = rest.iter().position(|&byte| byte == b'\n').expect("a literal follows a line end") + 1;
    let length = announced_literal(&rest[..line_end]).expect("the line announces a literal");
    let text = rest[line_end..line_end + length].to_vec();
    *rest = &rest[line_end + length..];
    text
}

/// Bytes for a message to people.
pub fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
