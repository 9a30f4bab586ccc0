//! Tables for people: a heading, one line a row, columns apart by bars.

use comfy_table::{ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction('|'))
    .header_separator(LineStyle::none().fill('-').junction('+'))
    .content_lines(ContentLineStyle::none().junction('|'));

/// Rows under a heading. `fits_terminal`: long cells are broken to the width of the terminal; otherwise a row is always one line.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>], fits_terminal: bool) -> String {
    let mut table = plain(fits_terminal);
    table.set_header(heading.iter().copied());
    table.add_rows(rows.iter().cloned());
    table.trim_fmt()
}

/// One thing, a line for each of its properties.
pub(crate) fn properties(properties: &[(&str, String)], fits_terminal: bool) -> String {
    let mut table = plain(fits_terminal);
    table.add_rows(
        properties
            .iter()
            .map(|(name, value)| vec![(*name).to_owned(), value.clone()]),
    );
    table.trim_fmt()
}

fn plain(fits_terminal: bool) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(if fits_terminal {
        ContentArrangement::Dynamic
    } else {
        ContentArrangement::Disabled
    });
    table
}
