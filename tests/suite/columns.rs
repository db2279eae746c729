//! Tables as columns: record batches answered as the same rows are in NDJSON, and files in Parquet by the command.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::{Decimal128Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array,
    NullArray, PrimitiveArray, RecordBatch, StringArray, StringViewArray, UInt64Array,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use qudao_engine::program::Program;
use qudao_engine::program::batch::{Batch, Form, Options, Reject};

use crate::support;

const RULES: &str = r#"
ruleset t "T" { as of 2024-06-15 }
enum Goal { sell, talk }
profile {
  posts: number per month in 0 .. 100
  goal: Goal
  goals: set of Goal
  open: bool required
  start: date was begin
  town: text
  urgent: bool default false
}
channel a { needs licence }
channel b { needs a }
requirement licence
rule many { when posts > 4.5 per month then score a +2 }
rule sells { when goals has sell and start >= 2020-01-01 then exclude b }
rule late { when open and not urgent then score b +1 }
rule here for each c { when town == "Xi'an" or goal == talk then score c +1 }
"#;

fn column(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

fn sets(sets: &[Option<&[Option<&str>]>]) -> ArrayRef {
    let mut list = ListBuilder::new(StringBuilder::new());
    for set in sets {
        list.append_option(set.map(|set| set.to_vec()));
    }
    column(list.finish())
}

/// Six rows of which the last three cannot be used.
fn rows() -> RecordBatch {
    let words =
        DictionaryArray::<Int32Type>::from_iter([Some("talk"), None, Some("sell"), Some("talk"), None, None]);
    let posts = Decimal128Array::from(vec![Some(450), Some(451), None, Some(1), Some(10_001), Some(0)]);
    RecordBatch::try_from_iter([
        ("id", column(UInt64Array::from(vec![7, 8, 9, 10, 11, u64::MAX]))),
        ("posts", column(posts.with_precision_and_scale(10, 2).unwrap())),
        ("goal", column(words)),
        (
            "goals",
            sets(&[
                Some(&[Some("sell"), Some("talk")]),
                None,
                Some(&[]),
                Some(&[Some("shout")]),
                None,
                Some(&[None]),
            ]),
        ),
        ("open", column(BooleanArray::from(vec![Some(true), Some(false), None, None, Some(true), None]))),
        ("begin", column(Date32Array::from(vec![Some(18_262), Some(18_261), None, None, None, None]))),
        ("town", column(StringViewArray::from(vec![Some("Xi'an"), Some("X"), None, Some(""), None, None]))),
    ])
    .unwrap()
}

const LINES: &str = r#"{"id":7,"posts":4.5,"goal":"talk","goals":["sell","talk"],"open":true,"begin":"2020-01-01","town":"Xi'an"}
{"id":8,"posts":4.51,"goal":null,"goals":null,"open":false,"begin":"2019-12-31","town":"X"}
{"id":9,"posts":null,"goal":"sell","goals":[],"open":null,"begin":null,"town":null}
{"id":10,"posts":0.01,"goal":"talk","goals":["shout"],"open":null,"begin":null,"town":""}
{"id":11,"posts":100.01,"goal":null,"goals":null,"open":true,"begin":null,"town":null}
{"id":18446744073709551615,"posts":0,"goal":null,"goals":[null],"open":null,"begin":null,"town":null}
"#;

#[test]
fn measures_are_columns_of_decimals() {
    let ruleset = support::ruleset(
        "ruleset t \"T\" { as of 2024-06-15 }\nprofile { n: number in 0 .. 9 }\nchannel a\nmeasure third: number for each c = n / 3\n",
    );
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &Options::default(), Form::Arrow).unwrap();
    let rows = RecordBatch::try_from_iter([("n", column(Int64Array::from(vec![Some(2), None])))]).unwrap();
    let answers = batch.worker().record_batch(&rows, 1).unwrap();
    let third = answers["a.third"].as_any().downcast_ref::<Decimal128Array>().unwrap();
    assert_eq!((third.precision(), third.scale()), (38, 9));
    assert_eq!((third.value_as_string(0), third.is_null(1)), ("0.666666667".to_string(), true));
}

fn options() -> Options {
    Options { keep: vec!["id".into()], reasons: true, ..Options::default() }
}

/// What a batch with an answer in text says of record batches, or of lines.
fn answered(form: Form, ask: impl FnOnce(&Batch<'_, '_>) -> (Vec<u8>, Vec<Reject>)) -> (String, Vec<Reject>) {
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &options(), form).unwrap();
    let (bytes, rejects) = ask(&batch);
    (String::from_utf8(bytes).unwrap(), rejects)
}

#[test]
fn columns_are_answered_as_the_same_rows_in_ndjson() {
    for form in [Form::Ndjson, Form::Csv] {
        let by_lines = answered(form, |batch| {
            let mut worker = batch.worker();
            worker.ndjson(LINES.as_bytes(), 1);
            worker.take()
        });
        let by_columns = answered(form, |batch| {
            let mut worker = batch.worker();
            let (rows, from) = (rows(), 1);
            let reading = batch.reading(rows.schema_ref()).unwrap();
            // In two pieces, the second of which begins at its own number.
            worker.read_columns(&reading, &rows.slice(0, 2), from).unwrap();
            worker.read_columns(&reading, &rows.slice(2, 4), from + 2).unwrap();
            worker.take()
        });
        assert_eq!(by_columns, by_lines);
        assert_eq!(by_columns.1.len(), 3);
    }
}

/// A table of columns as a table of CSV.
fn csv(rows: &RecordBatch) -> String {
    let mut text = String::new();
    for row in 0..rows.num_rows() {
        let cells: Vec<String> = rows.columns().iter().map(|array| cell(array, row)).collect();
        text += &(cells.join(",") + "\n");
    }
    text
}

fn cell(array: &ArrayRef, row: usize) -> String {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Int64Type, UInt64Type};
    if array.is_null(row) {
        return String::new();
    }
    if let Some(words) = array.as_any_dictionary_opt() {
        let key = words.normalized_keys()[row];
        return words.values().as_string::<i32>().value(key).to_string();
    }
    if let Some(list) = array.as_list_opt::<i32>() {
        let list = list.value(row);
        return (0..list.len()).map(|item| cell(&list, item)).collect::<Vec<_>>().join(";");
    }
    if let Some(texts) = array.as_string_opt::<i32>() {
        return texts.value(row).to_string();
    }
    if let Some(bools) = array.as_boolean_opt() {
        return bools.value(row).to_string();
    }
    let signed = array.as_primitive_opt::<Int64Type>().map(|numbers| numbers.value(row).to_string());
    signed.unwrap_or_else(|| array.as_primitive::<UInt64Type>().value(row).to_string())
}

#[test]
fn an_answer_as_columns_says_what_one_as_text_says() {
    let (text, _) = answered(Form::Csv, |batch| {
        let mut worker = batch.worker();
        worker.ndjson(LINES.as_bytes(), 1);
        worker.take()
    });
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &options(), Form::Arrow).unwrap();
    let mut worker = batch.worker();
    let columns = worker.record_batch(&rows(), 1).unwrap();
    assert_eq!(csv(&columns), text);
    assert_eq!(columns.schema(), batch.schema(Some(rows().schema_ref())).unwrap());
    // What is taken over of lines is text.
    worker.ndjson(LINES.as_bytes(), 1);
    let columns = worker.take_columns().unwrap();
    assert_eq!(csv(&columns), text);
    assert_eq!(columns.schema(), batch.schema(None).unwrap());
    assert_eq!(worker.record_batch(&rows().slice(0, 0), 1).unwrap().num_rows(), 0);
}

fn refused(columns: &[(&str, ArrayRef)]) -> String {
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    let batch = Batch::new(&program, &Options::default(), Form::Arrow).unwrap();
    let rows = RecordBatch::try_from_iter(columns.iter().cloned()).unwrap();
    let mut worker = batch.worker();
    match worker.record_batch(&rows, 1) {
        Err(reason) => reason,
        Ok(answer) => {
            let (_, rejects) = worker.take();
            let lines = rejects.iter().map(|reject| format!("{}: {}", reject.line, reject.reason));
            lines.chain([format!("{} answered", answer.num_rows())]).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn what_is_no_profile_in_columns_is_told_with_its_column_or_row() {
    let open = ("open", column(BooleanArray::from(vec![true, true, true])));
    let with = |name: &'static str, array: ArrayRef| refused(&[open.clone(), (name, array)]);
    let cases = [
        refused(&[("posts", column(Int64Array::from(vec![1])))]),
        refused(&[("open", column(Int64Array::from(vec![1])))]),
        with("start", column(StringArray::from(vec!["2024-02-29", "2024-02-30", "=NOW()"]))),
        with("start", column(Date32Array::from(vec![0, i32::MAX, -800_000]))),
        with("posts", column(Float64Array::from(vec![0.1, f64::NAN, f64::NEG_INFINITY]))),
        with("posts", column(Float64Array::from(vec![0.1 + 0.2, 1e300, 5e-324]))),
        with("posts", column(UInt64Array::from(vec![1, 1000, u64::MAX]))),
        with("posts", column(StringArray::from(vec!["3 per week", "=1+2", "4"]))),
        with(
            "posts",
            column(
                PrimitiveArray::<Decimal128Type>::from(vec![i128::MAX, 0, 1])
                    .with_precision_and_scale(38, 20)
                    .unwrap(),
            ),
        ),
        with("posts", column(NullArray::new(3))),
        with("goals", column(StringArray::from(vec!["sell", "talk", "sell"]))),
        with("goal", column(StringArray::from(vec!["sell", "Talk", "shout"]))),
        with("begin", column(Int64Array::from(vec![1, 2, 3]))),
    ];
    support::assert_snapshot("batch", "columns", &cases.join("\n\n"));
    let start = column(Date32Array::from(vec![1, 2, 3]));
    let twice = refused(&[open, ("start", Arc::clone(&start)), ("begin", start)]);
    assert_eq!(twice, "the columns `start` and `begin` are both of `start`");
}

fn write(path: &Path, rows: &RecordBatch, group: usize) {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), rows.schema(), Some(properties)).unwrap();
    writer.write(rows).unwrap();
    writer.close().unwrap();
}

fn read(path: &Path) -> String {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    reader.map(|rows| csv(&rows.unwrap())).collect()
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let output = support::program(folder).arg("batch").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.qd"), RULES).unwrap();
    std::fs::write(folder.path().join("rows.ndjson"), LINES).unwrap();
    write(&folder.path().join("rows.parquet"), &rows(), 2);
    folder
}

#[test]
fn tables_in_parquet_are_read_and_written() {
    let folder = folder();
    let path = folder.path();
    let keep = ["--keep", "id", "--reasons", "--summary", "none"];
    let common = |more: &[&'static str]| [more, &keep[..]].concat();
    let text = run(path, &common(&["t.qd", "rows.ndjson", "--to", "csv"]));
    let rows: String = text.out.lines().skip(1).map(|line| format!("{line}\n")).collect();
    for input in ["rows.ndjson", "rows.parquet"] {
        let done = run(path, &common(&["t.qd", input, "-o", "out.parquet"]));
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{}", done.err);
        assert_eq!(done.err, text.err.replace("rows.ndjson", input));
        assert_eq!(read(&path.join("out.parquet")), rows);
        let back = run(path, &common(&["t.qd", input, "--to", "csv"]));
        assert_eq!((back.code, back.out), (1, text.out.clone()), "{}", back.err);
    }
    // Many tables, read in the order of their names.
    for number in 0..9 {
        write(&path.join(format!("part{number}.parquet")), &self::rows().slice(0, 3), 1);
    }
    let many = run(path, &common(&["t.qd", "part*.parquet", "-o", "many.parquet", "--threads", "3"]));
    assert_eq!((many.code, many.err.as_str()), (0, ""));
    assert_eq!(read(&path.join("many.parquet")), rows.repeat(9));
    let proof = run(path, &["t.qd", "rows.parquet", "--explain", "2"]);
    let same = run(path, &["t.qd", "rows.ndjson", "--explain", "2"]);
    assert_eq!(
        (proof.code, proof.out),
        (0, same.out.replace("rows.ndjson", "rows.parquet")),
        "{}",
        proof.err
    );
    assert_eq!(
        run(path, &["t.qd", "rows.parquet", "--explain", "7"]).err,
        "error: `rows.parquet` has no row 7\n"
    );
    // A first look gives the same as of lines.
    let rows_of = |input: &'static str| {
        let look = run(path, &["t.qd", input, "--dry-run"]);
        let (columns, rows) = look.out.split_once("\n\nWhat the first rows give").expect("rows are shown");
        assert!(columns.contains("  id  "), "{columns}");
        (look.code, rows.split_once('\n').expect("lines follow").1.to_string(), look.err)
    };
    assert_eq!(rows_of("rows.parquet"), rows_of("rows.ndjson"));
}

#[test]
fn a_table_in_parquet_that_cannot_be_read_leaves_nothing() {
    let folder = folder();
    let path = folder.path();
    let whole = std::fs::read(path.join("rows.parquet")).unwrap();
    std::fs::write(path.join("short.parquet"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(path.join("empty.parquet"), "").unwrap();
    let mut broken = whole.clone();
    broken[4..200].fill(0xFF);
    std::fs::write(path.join("broken.parquet"), &broken).unwrap();
    std::fs::write(path.join("old.parquet"), "as it was").unwrap();
    for input in ["short.parquet", "empty.parquet", "broken.parquet", "nothing.parquet"] {
        let failed = run(path, &["t.qd", "rows.parquet", input, "--from", "parquet", "-o", "old.parquet"]);
        assert_eq!((failed.code, failed.out.as_str()), (2, ""), "{}", failed.err);
        assert!(failed.err.lines().last().unwrap().contains(&format!("`{input}`")), "{}", failed.err);
        assert_eq!(std::fs::read_to_string(path.join("old.parquet")).unwrap(), "as it was");
    }
    let parts = std::fs::read_dir(path)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".qudao-"));
    assert_eq!(parts.count(), 0);
    let kept = run(path, &["t.qd", "rows.parquet", "--keep", "name", "--to", "csv"]);
    assert_eq!(kept.err, "error: rows.parquet: no column is named `name`, which is to be kept\n");
    let mixed = run(path, &["t.qd", "rows.parquet", "rows.ndjson", "--keep", "id", "-o", "mixed.parquet"]);
    assert_eq!(
        mixed.err,
        "error: `id` is UInt64 in `rows.parquet` and Utf8 in `rows.ndjson`; answer the tables apart, or do not keep it\n"
    );
    let piped = run(path, &["t.qd", "-", "--from", "parquet"]);
    assert_eq!((piped.code, piped.out.as_str()), (2, ""));
}

#[test]
fn narrow_answers_have_the_same_columns_in_every_form() {
    let ruleset = support::ruleset(RULES);
    let program = Program::new(&ruleset, ruleset.as_of.unwrap());
    for parts in crate::batch::choices() {
        let options = Options { parts, ..options() };
        let text = Batch::new(&program, &options, Form::Csv).unwrap();
        let header = String::from_utf8(text.header()).unwrap();
        let batch = Batch::new(&program, &options, Form::Arrow).unwrap();
        let answers = batch.worker().record_batch(&rows(), 1).unwrap();
        let schema = answers.schema();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names.join(","), header.trim_end(), "{parts:?}");
        let mut worker = text.worker();
        worker.ndjson(LINES.as_bytes(), 1);
        let (out, _) = worker.take();
        assert_eq!(csv(&answers), String::from_utf8(out).unwrap(), "{parts:?}");
    }
}
