//! Golden bytes of `spec/formats`, written as hexadecimal digits; what follows `#` in a line says what they are.

/// The bytes of that file.
pub(crate) fn golden(name: &str) -> Vec<u8> {
    let path = format!("{}/../../spec/formats/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let digits: Vec<char> = text
        .lines()
        .flat_map(|line| line.chars().take_while(|c| *c != '#'))
        .filter(|c| *c != ' ')
        .collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}
