//! Workbooks: a sheet is answered as the same rows are in CSV, complaints name cells, and hostile files get a sentence.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Output;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tempfile::TempDir;

use crate::generate::Dice;
use crate::support;

/// A cell of a table.
#[derive(Clone, Copy)]
enum Cell {
    Empty,
    Number(f64),
    Percent(f64),
    Text(&'static str),
    Bool(bool),
    Day(u16, u8, u8),
}

impl Cell {
    fn csv(self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Number(number) => number.to_string(),
            Cell::Percent(number) => format!("{}%", number * 100.0),
            Cell::Text(text) if text.contains(['"', ',', '\n']) => {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            Cell::Text(text) => text.into(),
            Cell::Bool(holds) => holds.to_string().to_uppercase(),
            Cell::Day(year, month, day) => format!("{year}-{month:02}-{day:02}"),
        }
    }

    fn write(self, sheet: &mut Worksheet, row: u32, column: u16) {
        match self {
            Cell::Empty => {}
            Cell::Number(number) => {
                sheet.write(row, column, number).unwrap();
            }
            Cell::Percent(number) => {
                sheet.write_with_format(row, column, number, &Format::new().set_num_format("0.0%")).unwrap();
            }
            Cell::Text(text) => {
                sheet.write_string(row, column, text).unwrap();
            }
            Cell::Bool(holds) => {
                sheet.write(row, column, holds).unwrap();
            }
            Cell::Day(year, month, day) => {
                let day = ExcelDateTime::from_ymd(year, month, day).unwrap();
                let format = Format::new().set_num_format("dd/mm/yyyy");
                sheet.write_with_format(row, column, &day, &format).unwrap();
            }
        }
    }
}

const NAMES: [&str; 9] =
    ["id", "How often do you post?", "share", "FEE", "goal", "goals", "open", "begin", "town"];

/// What may stand in each column.
const CELLS: [&[Cell]; 9] = {
    use Cell::{Bool, Day, Empty, Number, Percent, Text};
    [
        &[Text("x"), Number(7.0), Text("=1+2"), Text("a, \"b\""), Text("two\nlines"), Text("客户")],
        &[
            Empty,
            Number(4.5),
            Number(4.51),
            Number(100.0),
            Number(101.0),
            Text("3 per week"),
            Text("unknown"),
            Text("many"),
        ],
        &[Empty, Number(0.3), Number(0.31), Percent(0.25), Percent(0.5), Number(1.1), Number(1e-9)],
        &[Empty, Number(12.5), Percent(0.125), Percent(0.13), Number(-3.0)],
        &[Empty, Text("sell"), Text("talk"), Text("shout")],
        &[Empty, Text("sell;talk"), Text("{}"), Text("talk")],
        &[Empty, Bool(true), Bool(false), Text("true"), Bool(true), Bool(false)],
        &[Empty, Day(2019, 12, 31), Day(2020, 1, 1), Text("2024-02-29"), Text("soon")],
        &[Empty, Text("Xi'an"), Text("Bonn"), Number(5.0)],
    ]
};

pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(support::folder("excel").join("t.qd"), folder.path().join("t.qd")).unwrap();
    folder
}

pub(crate) fn batch(folder: &Path, arguments: &[&str]) -> Output {
    support::program(folder).args(["batch", "t.qd", "--summary=none"]).args(arguments).output().unwrap()
}

/// What a run says on standard error.
pub(crate) fn said(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(batch(folder, arguments).stderr).unwrap()
}

pub(crate) fn save(folder: &Path, name: &str, sheets: Vec<Worksheet>) {
    let mut book = Workbook::new();
    for sheet in sheets {
        book.push_worksheet(sheet);
    }
    book.save(folder.join(name)).unwrap();
}

/// A sheet of plain texts; those that are numbers are numbers.
pub(crate) fn sheet(name: &str, rows: &[&[&str]]) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.set_name(name).unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (column, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) => sheet.write_string(row, column, *text).unwrap(),
            };
        }
    }
    sheet
}

#[test]
fn a_sheet_is_answered_as_the_same_rows_are_in_csv() {
    let folder = folder();
    let mut dice = Dice::seeded(15, 9 * 400);
    let mut csv = format!("{}\n", NAMES.join(","));
    let mut sheet = Worksheet::new();
    NAMES.iter().zip(0..).for_each(|(name, column)| {
        sheet.write(0, column, *name).unwrap();
    });
    for row in 1..=400 {
        for (column, cells) in (0..).zip(CELLS) {
            let cell = cells[dice.pick(cells.len())];
            cell.write(&mut sheet, row, column);
            csv += if column > 0 { "," } else { "" };
            csv += &cell.csv();
        }
        csv += "\n";
    }
    std::fs::write(folder.path().join("t.csv"), csv).unwrap();
    save(folder.path(), "t.xlsx", vec![sheet]);
    // Rows of a text may be over several lines; its answers are told by their number.
    let answers = |input: &str| {
        let output = batch(folder.path(), &[input, "--to=ndjson", "--keep=id", "--reasons", "--rejects=r"]);
        let read = |text: &str, number: &dyn Fn(u64) -> u64| {
            let rows = text.lines().map(|line| {
                let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
                let line = number(row["line"].as_u64().unwrap());
                let row = row.as_object_mut().unwrap();
                row.insert("line".into(), line.into());
                row.retain(|name, _| name != "file" && name != "cell");
                (line, serde_json::to_string(row).unwrap())
            });
            rows.collect::<Vec<_>>()
        };
        let rows: std::collections::BTreeSet<u64> = [
            String::from_utf8(output.stdout).unwrap(),
            std::fs::read_to_string(folder.path().join("r")).unwrap(),
        ]
        .iter()
        .flat_map(|text| read(text, &|line| line))
        .map(|(line, _)| line)
        .collect();
        let number = |line: u64| rows.range(..line).count() as u64;
        let again = batch(folder.path(), &[input, "--to=ndjson", "--keep=id", "--reasons", "--rejects=r"]);
        let mut all = read(&String::from_utf8(again.stdout).unwrap(), &number);
        let answered = all.len();
        all.extend(read(&std::fs::read_to_string(folder.path().join("r")).unwrap(), &number));
        assert_eq!(all.len(), 400);
        assert!((80..=320).contains(&answered), "{answered}");
        all
    };
    assert_eq!(answers("t.xlsx"), answers("t.csv"));
}

#[test]
fn complaints_name_the_sheet_and_the_cell() {
    let folder = folder();
    let folder = folder.path();
    let rows: &[&[&str]] = &[
        &["Our clients", ""],
        &[],
        &["", "id", "posts", "", "open", "notes"],
        &["", "1", "3", "", "true", "#N/A"],
        &["", "2", "many", "", "true"],
        &["", "3", "3", "here", "true"],
        &["", "4", "3", "", "true", "", "there"],
        &[],
        &["", "5", "12345678901234567", "", "true"],
        &["", "6", "3"],
    ];
    let mut clients = sheet("My clients", rows);
    clients.write_formula(10, 2, Formula::new("1+2").set_result("")).unwrap();
    clients.merge_range(12, 2, 13, 2, "3", &Format::new()).unwrap();
    save(folder, "clients.xlsx", vec![clients, sheet("Other", &[&["open"], &["true"]])]);
    let told = said(folder, &["clients.xlsx"]);
    assert_eq!(
        told,
        "clients.xlsx: 'My clients'!C5: `posts` takes a number per month, not the text \"many\"
clients.xlsx: 'My clients'!B6: D6 stands in a column that the heading does not name
clients.xlsx: 'My clients'!B7: G7 stands in a column that the heading does not name
clients.xlsx: 'My clients'!C9: 12345678901234568 has more than 15 digits, and Excel keeps no more; round it, or write it as a text
clients.xlsx: 'My clients'!B10: the field `open` must be given
clients.xlsx: 'My clients'!C11: this formula has no value yet; open the workbook, and save it
clients.xlsx: 'My clients'!B13: the cells C13:C14 are merged; unmerge them, and fill in each
clients.xlsx: no field is named id, notes; not read
"
    );
    let row = batch(folder, &["clients.xlsx", "--to=ndjson"]);
    assert!(String::from_utf8(row.stdout).unwrap().starts_with("{\"line\":4,"));
    assert_eq!(row.status.code(), Some(1));
    batch(folder, &["clients.xlsx", "--rejects=r", "-o=out.csv"]);
    let reject = std::fs::read_to_string(folder.join("r")).unwrap();
    assert!(reject.lines().next().unwrap().ends_with(",\"cell\":\"'My clients'!C5\"}"), "{reject}");
    let other = batch(folder, &["clients.xlsx", "--sheet=Other"]);
    assert_eq!((other.status.code(), other.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(said(folder, &["clients.xlsx", "--sheet=Othr"]).contains("the nearest name is `Other`"));
    let look = batch(folder, &["clients.xlsx", "--dry-run"]);
    let look = String::from_utf8(look.stdout).unwrap();
    assert!(
        look.starts_with("clients.xlsx: Excel, sheet `My clients`, the columns named in row 3\n"),
        "{look}"
    );
    assert!(said(folder, &["clients.xlsx", "--explain=5"]).contains("not the text \"many\""));
    assert!(said(folder, &["clients.xlsx", "--explain=8"]).contains("no row 8"));
    assert!(
        said(folder, &["t.qd", "--from=csv", "--sheet=x"]).contains("--sheet names a sheet of a workbook")
    );
}

/// A workbook with these parts in place of those that it has.
fn with_parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut book = Workbook::new();
    book.push_worksheet(sheet("Clients", &[&["open"], &["true"]]));
    replaced(book.save_to_buffer().unwrap(), parts)
}

fn replaced(book: Vec<u8>, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut whole = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..whole.len() {
        let part = whole.by_index_raw(number).unwrap();
        let name = part.name().unwrap().into_owned();
        if !parts.iter().any(|(other, _)| *other == name) {
            out.raw_copy_file(part).unwrap();
        }
    }
    for (name, bytes) in parts {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn sheet_of(rows: &str) -> Vec<u8> {
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
    )
    .into_bytes()
}

#[test]
fn hostile_workbooks_get_a_sentence() {
    let folder = folder();
    let folder = folder.path();
    let told = |bytes: &[u8]| {
        std::fs::write(folder.join("h.xlsx"), bytes).unwrap();
        let output = batch(folder, &["h.xlsx", "--to=csv"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) || !output.stdout.is_empty(), "{said}");
        said
    };
    let of_sheet = |rows: &str| told(&with_parts(&[("xl/worksheets/sheet1.xml", &sheet_of(rows))]));
    let head = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>open</t></is></c></row>";
    let row = |cell: &str| of_sheet(&format!("{head}<row r=\"2\">{cell}</row>"));
    assert_eq!(told(b"open\ntrue\n"), "error: `h.xlsx` is no whole workbook (.xlsx)\n");
    assert_eq!(told(b""), "error: `h.xlsx` is no whole workbook (.xlsx)\n");
    let old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more";
    assert!(told(old).contains("an old workbook (.xls), or protected by a password"));
    assert_eq!(
        row("<c r=\"A2\" t=\"e\"><v>#N/A</v></c>"),
        "h.xlsx: Clients!A2: `#N/A` is an error and no value\n"
    );
    assert_eq!(
        row("<c r=\"A2\"><f>1=1</f></c>"),
        "h.xlsx: Clients!A2: this formula has no value yet; open the workbook, and save it\n"
    );
    assert!(
        row("<c r=\"A1\"><v>1</v></c>")
            .contains("Clients!A1: this cell comes after one that it stands before")
    );
    assert_eq!(row("<c r=\"A1048576\" t=\"b\"><v>1</v></c>"), "");
    for place in ["A99999999999", "AAAAAAAA2", "2A", "A2:A1", ""] {
        let said = row(&format!("<c r=\"{place}\"><v>1</v></c>"));
        assert!(said.contains("is no whole workbook: no cells are at"), "{place}: {said}");
    }
    // A text of more than any cell holds, and entities that unfold.
    assert!(
        row(&format!("<c r=\"A2\" t=\"str\"><v>{}</v></c>", "x".repeat(2 << 20)))
            .contains("longer than any cell")
    );
    let entities = b"<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><sst uniqueCount=\"1\"><si><t>&b;</t></si></sst>";
    assert!(
        told(&with_parts(&[("xl/sharedStrings.xml", entities)]))
            .contains("declarations or comments in its XML")
    );
    let texts = b"<sst count=\"1\" uniqueCount=\"99999999999999999\"><si><t>open</t></si></sst>";
    assert!(told(&with_parts(&[("xl/sharedStrings.xml", texts)])).contains("more texts than it can hold"));
    let bomb = vec![0; 129 << 20];
    assert!(told(&with_parts(&[("xl/media/image1.png", &bomb)])).contains("unfolds to more"));
    let whole = with_parts(&[]);
    for cut in (0..whole.len()).step_by(97) {
        assert!(told(&whole[..cut]).contains("`h.xlsx`"), "cut at {cut}");
    }
}

/// Bytes of the parts are changed here and there; nothing panics, and what is wrong is said.
#[test]
fn broken_workbooks_are_read_or_refused() {
    use qudao_language::book::Book;
    use std::ops::ControlFlow;
    let mut book = Workbook::new();
    let mut first = sheet("Clients", &[&["open", "posts"], &["true", "3"], &["x", "5"]]);
    first.write_formula(3, 1, Formula::new("1+2").set_result("3")).unwrap();
    first.merge_range(5, 0, 6, 1, "x", &Format::new().set_num_format("0%")).unwrap();
    book.push_worksheet(first);
    let mut whole = zip::ZipArchive::new(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    let mut parts = Vec::new();
    for number in 0..whole.len() {
        let mut part = whole.by_index(number).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        parts.push((part.name().unwrap().into_owned(), bytes));
    }
    const MARKS: &[u8] = b"<>/\"'=:!&A09 ";
    let (mut read, mut refused) = (0, 0);
    for seed in 0..crate::laws::cases(600) {
        let mut dice = Dice::seeded(seed, 64);
        let mut changed = parts.clone();
        for _ in 0..=dice.pick(3) {
            let (_, bytes) = &mut changed[dice.pick(parts.len())];
            let at = (dice.pick(256) * 256 + dice.pick(256)) % bytes.len();
            match dice.pick(4) {
                0 => bytes[at] = MARKS[dice.pick(MARKS.len())],
                1 => drop(bytes.drain(at..(at + 1 + dice.pick(40)).min(bytes.len()))),
                2 => {
                    let again = bytes[at..(at + 1 + dice.pick(60)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, again);
                }
                _ => bytes[at] = bytes[at].wrapping_add(1 + dice.pick(3) as u8),
            }
        }
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in changed {
            out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(&bytes).unwrap();
        }
        let bytes = out.finish().unwrap().into_inner();
        let told = Book::open(Cursor::new(bytes)).and_then(|mut book| {
            let name = book.sheet(None).map_err(|_| String::new())?;
            book.heading(&name, &|_| false)?;
            book.rows(&name, &mut |_| ControlFlow::Continue(()))
        });
        if told.is_ok() { read += 1 } else { refused += 1 }
    }
    assert!(read > 50 && refused > 50, "{read} read, {refused} refused");
}

/// The rows of a sheet of a workbook, their cells parted by bars.
pub(crate) fn read(file: &Path, sheet: &str) -> Vec<String> {
    use qudao_language::book::Book;
    let mut book = Book::open(Cursor::new(std::fs::read(file).unwrap())).unwrap();
    let sheet = book.sheet(Some(sheet)).unwrap();
    let mut rows = Vec::new();
    book.rows(&sheet, &mut |row| {
        let mut cells: Vec<String> = Vec::new();
        for cell in row.cells {
            cells.resize(cell.column as usize, String::new());
            cells.push(cell.text.unwrap().replace('\n', "/"));
        }
        rows.push(cells.join(" | "));
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    rows
}

/// A part of a workbook, as its text.
pub(crate) fn part(file: &Path, name: &str) -> String {
    let mut whole = zip::ZipArchive::new(Cursor::new(std::fs::read(file).unwrap())).unwrap();
    std::io::read_to_string(whole.by_name(name).unwrap()).unwrap()
}

#[test]
fn answers_are_a_workbook() {
    let folder = folder();
    let folder = folder.path();
    let rows: &[&[&str]] = &[
        &["client", "size", "code", "posts", "open", "town", "goals"],
        &["=HYPERLINK(\"x\")", "12.5", "'007", "5", "true", "Bonn"],
        &["Shop", "3", "", "1", "false", "Xi'an", "sell"],
    ];
    save(folder, "clients.xlsx", vec![sheet("Clients", rows)]);
    let keep = "--keep=client,size,code";
    let said = said(folder, &["clients.xlsx", keep, "-o=out.xlsx"]);
    assert_eq!(said, "");
    let out = folder.join("out.xlsx");
    support::assert_snapshot(
        "excel",
        "answers",
        &["Answers", "Reasons", "Sources"]
            .map(|name| format!("{name}\n{}", read(&out, name).join("\n")))
            .join("\n\n"),
    );
    let sheet = part(&out, "xl/worksheets/sheet1.xml");
    for what in ["state=\"frozen\"", "<autoFilter ref=\"A1:", "<cols>"] {
        assert!(sheet.contains(what), "{what}");
    }
    assert!(!sheet.contains("<f>"));
    assert!(part(&out, "xl/comments1.xml").contains("<t>a</t>"));
    // Nothing of it depends on when it is written.
    batch(folder, &["clients.xlsx", keep, "-o=again.xlsx"]);
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(folder.join("again.xlsx")).unwrap());
    // They are the answers that CSV has.
    batch(folder, &["clients.xlsx", keep, "--reasons", "-o=out.csv"]);
    let csv = std::fs::read_to_string(folder.join("out.csv")).unwrap();
    let names = read(&out, "Answers")[0].replace(" | ", ",");
    assert_eq!(csv.lines().next(), Some(names.as_str()));
    let nowhere = batch(folder, &["clients.xlsx", "--to=xlsx"]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(
        String::from_utf8(nowhere.stderr).unwrap().contains("a workbook is written to a file; say -o FILE")
    );
}

/// Fills in the rows of a form, each cell named by its column, as a person would.
pub(crate) fn fill(file: &Path, rows: &[&[(char, &str)]]) {
    let name = "xl/worksheets/sheet1.xml";
    let mut filled = String::new();
    for (number, cells) in (2..).zip(rows) {
        filled += &format!("<row r=\"{number}\">");
        for (column, text) in *cells {
            filled += &match *text {
                "TRUE" | "FALSE" => {
                    format!("<c r=\"{column}{number}\" t=\"b\"><v>{}</v></c>", u8::from(*text == "TRUE"))
                }
                _ if text.parse::<f64>().is_ok() => format!("<c r=\"{column}{number}\"><v>{text}</v></c>"),
                _ => format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            };
        }
        filled += "</row>";
    }
    let sheet = part(file, name).replace("</sheetData>", &format!("{filled}</sheetData>"));
    let whole = replaced(std::fs::read(file).unwrap(), &[(name, sheet.as_bytes())]);
    std::fs::write(file, whole).unwrap();
}

#[test]
fn a_form_is_filled_in_and_answered() {
    let folder = folder();
    let folder = folder.path();
    let form = |arguments: &[&str]| {
        let output = support::program(folder).arg("schema").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    };
    form(&["t.qd", "-o=form.xlsx"]);
    let file = folder.join("form.xlsx");
    let told = |file: &Path, sheets: &[&str]| {
        sheets
            .iter()
            .map(|name| format!("{name}\n{}", read(file, name).join("\n")))
            .collect::<Vec<_>>()
            .join("\n\n")
    };
    let sheet = part(&file, "xl/worksheets/sheet1.xml");
    let rules: Vec<&str> = sheet.split("<dataValidation ").skip(1).collect();
    let rules: Vec<&str> = rules.iter().map(|rule| rule.split("</dataValidation>").next().unwrap()).collect();
    let english = format!(
        "{}\n\n{}\n\n{}",
        told(&file, &["Profiles", "Questions", "lists"]),
        rules.join("\n"),
        part(&file, "xl/workbook.xml").split("<sheets>").nth(1).unwrap().split("</sheets>").next().unwrap()
    );
    support::assert_snapshot("excel", "form", &english);
    fill(
        &file,
        &[
            &[
                ('A', "Bakery"),
                ('B', "5"),
                ('C', "0.4"),
                ('E', "To sell"),
                ('F', "To sell;talk"),
                ('G', "TRUE"),
                ('H', "2023-03-15"),
            ],
            &[('A', "School"), ('B', "3 per week"), ('E', "talk"), ('G', "FALSE"), ('I', "Bonn")],
            &[('A', "Club"), ('B', "500"), ('G', "TRUE")],
        ],
    );
    let output = batch(folder, &["form.xlsx", "--keep=client", "--only=verdict"]);
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "client,line,first,settled,a.verdict,b.verdict\nBakery,2,a,true,recommended,excluded\nSchool,3,a,true,recommended,undecided\n"
    );
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "form.xlsx: Profiles!B4: `posts` is at most 100 per month\n"
    );
    form(&["wechat", "--lang=zh", "-o=zh.xlsx"]);
    support::assert_snapshot("excel", "form-zh", &told(&folder.join("zh.xlsx"), &["填写", "问题说明"]));
    let nowhere = support::program(folder).args(["schema", "t.qd", "--format=xlsx"]).output().unwrap();
    assert_eq!(
        String::from_utf8(nowhere.stderr).unwrap(),
        "error: a workbook is written to a file; say -o FILE\n"
    );
}

/// A file in CSV as a sheet: what is a number there, or a truth value, is one here.
fn sheet_of_csv(name: &str, text: &str) -> Worksheet {
    let text = text.trim_start_matches('\u{feff}');
    let separator = if text.lines().next().unwrap().contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    sheet(name, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn rulesets_mean_the_same_with_sheets_as_with_csv() {
    let mut sheets = 0;
    for name in ["help_desk", "messages", "parcels", "software"] {
        let folder = tempfile::tempdir().unwrap();
        let from = support::folder("rulesets");
        let (from, main) = (from.join(name), format!("{name}.qd"));
        for file in std::fs::read_dir(&from).unwrap().map(|file| file.unwrap().path()) {
            let own = file.file_name().unwrap().to_string_lossy().into_owned();
            if file.extension().is_some_and(|ending| ending == "csv") {
                let table = sheet_of_csv("Rows", &std::fs::read_to_string(&file).unwrap());
                let book = own.replace(".csv", ".xlsx");
                save(folder.path(), &book, vec![sheet("Other", &[&["x", "y"]]), table]);
                sheets += 1;
            }
            if file.is_file() {
                std::fs::copy(&file, folder.path().join(own)).unwrap();
            }
        }
        std::fs::write(folder.path().join("empty.json"), "{}").unwrap();
        let meaning = |folder: &Path| {
            let output = support::program(folder)
                .args(["eval", &main, "empty.json", "--format=json"])
                .output()
                .unwrap();
            let json: serde_json::Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{main}: {}", String::from_utf8_lossy(&output.stderr)));
            json["ruleset"]["meaning"].as_str().unwrap().to_string()
        };
        let in_csv = meaning(folder.path());
        for file in std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "qd") {
                let text = std::fs::read_to_string(&file).unwrap();
                let text = text.replace("from csv", "from xlsx").replace(".csv\"", ".xlsx\" sheet \"Rows\"");
                std::fs::write(&file, text).unwrap();
            }
        }
        std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|file| file.extension().is_some_and(|ending| ending == "csv"))
            .for_each(|file| std::fs::remove_file(file).unwrap());
        assert_eq!(meaning(folder.path()), in_csv, "{name}");
        // What facts are written as a sheet are the same when they are read.
        if name == "help_desk" {
            let arguments = ["facts", &main, "--format=xlsx", "-o=facts.xlsx"];
            let output = support::program(folder.path()).args(arguments).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
            std::fs::rename(folder.path().join("facts.xlsx"), folder.path().join("marks.xlsx")).unwrap();
            let file = folder.path().join(&main);
            let text = std::fs::read_to_string(&file).unwrap().replace("sheet \"Rows\"", "sheet \"Facts\"");
            std::fs::write(&file, text).unwrap();
            assert_eq!(meaning(folder.path()), in_csv, "{name}");
        }
        let laid_out = support::program(folder.path()).args(["fmt", "--check", &main]).output().unwrap();
        assert_eq!(laid_out.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&laid_out.stdout));
    }
    assert_eq!(sheets, 4);
}

#[test]
fn complaints_of_tables_and_facts_name_cells() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::copy(support::folder("excel").join("fees.qd"), folder.join("fees.qd")).unwrap();
    let facts: &[&[&str]] = &[
        &["Our fees 2026"],
        &[],
        &["", "channel", "fee", "open"],
        &["", "card", "2.9", "true"],
        &["", "debit", "much", "false"],
        &["", "wire", "1.5", ""],
    ];
    let rows: &[&[&str]] =
        &[&["name", "orders", "then"], &["few", "<= 5", "score card +1"], &["many", "> 5", "score crad +1"]];
    save(folder, "fees.xlsx", vec![sheet("Fees", facts), sheet("Which one", rows)]);
    let told = |arguments: &[&str]| {
        let output = support::program(folder).arg("check").args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    support::assert_snapshot("excel", "fees", &told(&["fees.qd"]));
    support::assert_snapshot("excel", "fees-short", &told(&["fees.qd", "--format=short"]));
    let mut wrong = sheet("Fees", facts);
    wrong.write_formula(4, 2, Formula::new("1/3").set_result("")).unwrap();
    wrong.merge_range(5, 1, 6, 1, "wire", &Format::new()).unwrap();
    save(folder, "fees.xlsx", vec![wrong, sheet("Which", rows)]);
    support::assert_snapshot("excel", "fees-without-values", &told(&["fees.qd"]));
    std::fs::write(folder.join("fees.xlsx"), "channel,fee\ncard,1\n").unwrap();
    assert!(told(&["fees.qd", "--format=short"]).contains("`fees.xlsx` is no whole workbook (.xlsx)"));
}
