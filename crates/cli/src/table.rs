//! Tables for people: a heading, one line a row, columns apart by bars.

use comfy_table::{ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};

const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction('|'))
    .header_separator(LineStyle::none().fill('-').junction('+'))
    .content_lines(ContentLineStyle::none().junction('|'));

/// How wide a table may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// As wide as its content: a row is always one line.
    Content,
    /// As wide as the terminal: long cells are broken.
    Terminal,
    /// So many columns at most: long cells are broken.
    Columns(u16),
}

/// Rows under a heading.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>], fit: Fit) -> String {
    let mut table = plain(fit);
    table.set_header(heading.iter().copied());
    table.add_rows(rows.iter().cloned());
    table.trim_fmt()
}

/// One thing, a line for each of its properties.
pub(crate) fn properties(properties: &[(&str, String)], fit: Fit) -> String {
    let mut table = plain(fit);
    table.add_rows(
        properties
            .iter()
            .map(|(name, value)| vec![(*name).to_owned(), value.clone()]),
    );
    table.trim_fmt()
}

fn plain(fit: Fit) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(match fit {
        Fit::Content => ContentArrangement::Disabled,
        Fit::Terminal | Fit::Columns(_) => ContentArrangement::Dynamic,
    });
    if let Fit::Columns(width) = fit {
        table.set_width(width);
    }
    table
}
