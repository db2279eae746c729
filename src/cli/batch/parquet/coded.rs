//! Columns that hold few values, again and again: verdicts, scores. Each page holds their numbers in the column's
//! dictionary, which is made as the values come, by looking them up in a table. The writer of the crate does the same by
//! hashing and comparing texts, which takes ten times as long.
//!
//! The form of pages, and the mixture of runs and packed bits in them, are those of the Parquet format's "Encodings".

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, ListArray, PrimitiveArray, StringArray};
use arrow_schema::{DataType, Field};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// So far apart may the values of a dictionary lie, half of it on each side of the first.
const SPAN: usize = 1 << 16;

/// A run of fewer groups of eight values is packed.
const LEAST_RUN: usize = 4;

/// A column chunk that grows, a page for each part that is added.
pub(super) struct Coded {
    column: ColumnDescPtr,
    /// The least value that has a place in the table; set by the first value.
    base: Option<i64>,
    /// By value: its number, counted from 1; 0 where it did not come yet.
    numbers: Vec<u16>,
    /// The values, in the order of their numbers.
    found: Vec<i64>,
    /// The texts that the values stand for, if they stand for some.
    words: Option<ArrayRef>,
    /// The pages, one after the other, and the size and the rows of each.
    pages: TrackedWrite<Vec<u8>>,
    sizes: Vec<(usize, usize)>,
    /// How many values there are, those included that are not there.
    count: usize,
    /// The numbers of a page.
    page: Vec<u16>,
    nulls: usize,
    /// The least and the greatest of the values that are in no dictionary.
    beyond: Option<(i64, i64)>,
}

/// Tells whether a column may be written like this: words that are numbered already, lists of them, and whole numbers of
/// the answer.
pub(super) fn fits(field: &Field) -> bool {
    match field.data_type() {
        DataType::List(of) => {
            !field.is_nullable()
                && !of.is_nullable()
                && matches!(of.data_type(), DataType::Dictionary(..))
                && fits(of)
        }
        DataType::Dictionary(key, of) => {
            matches!(**key, DataType::Int8 | DataType::Int32) && **of == DataType::Utf8
        }
        DataType::Int64 => !field.is_nullable(),
        _ => false,
    }
}

/// Which values there are.
#[derive(Default)]
struct Levels {
    /// Of lists: 0 for the first value of a list, 1 for the others.
    further: Vec<u16>,
    /// Where values may be missing: 1 for a value, 0 for none, or for an empty list.
    there: Vec<u16>,
}

impl Levels {
    fn of_lists(list: &ListArray) -> Levels {
        let mut levels = Levels::default();
        for length in list.offsets().lengths() {
            levels.further.push(0);
            levels.there.push(u16::from(length > 0));
            for _ in 1..length {
                levels.further.push(1);
                levels.there.push(1);
            }
        }
        levels
    }
}

impl Coded {
    pub(super) fn new(column: ColumnDescPtr) -> Coded {
        Coded {
            column,
            base: None,
            numbers: vec![0; SPAN],
            found: Vec::new(),
            words: None,
            pages: TrackedWrite::new(Vec::new()),
            sizes: Vec::new(),
            count: 0,
            page: Vec::new(),
            nulls: 0,
            beyond: None,
        }
    }

    /// Adds a page.
    pub(super) fn add(&mut self, array: &ArrayRef) -> Result<(), ParquetError> {
        if array.is_empty() {
            return Ok(());
        }
        let (rows, mut levels, mut page) = (array.len(), Levels::default(), Arc::clone(array));
        if let Some(list) = array.as_list_opt::<i32>() {
            levels = Levels::of_lists(list);
            page = Arc::clone(list.values());
        } else if self.column.max_def_level() > 0 {
            levels.there = (0..rows).map(|row| u16::from(array.is_valid(row))).collect();
        }
        let dictionary = page.as_any_dictionary_opt();
        if let (None, Some(dictionary)) = (&self.words, dictionary) {
            self.words = Some(dictionary.values().clone());
        }
        let keys = dictionary.map_or(page.as_ref(), |dictionary| dictionary.keys());
        if let Some(keys) = keys.as_primitive_opt::<Int8Type>() {
            self.add_values(rows, &levels, keys)
        } else if let Some(keys) = keys.as_primitive_opt::<Int32Type>() {
            self.add_values(rows, &levels, keys)
        } else if let Some(values) = keys.as_primitive_opt::<Int64Type>() {
            self.add_values(rows, &levels, values)
        } else {
            Err(ParquetError::General(format!("a column of {} has no numbers", array.data_type())))
        }
    }

    fn add_values<T: ArrowPrimitiveType>(
        &mut self,
        rows: usize,
        levels: &Levels,
        values: &PrimitiveArray<T>,
    ) -> Result<(), ParquetError>
    where
        T::Native: Into<i64>,
    {
        let mut bytes = Vec::new();
        if self.column.max_rep_level() > 0 {
            with_length(&levels.further, &mut bytes);
        }
        if self.column.max_def_level() > 0 {
            with_length(&levels.there, &mut bytes);
        }
        let count = if levels.there.is_empty() { rows } else { levels.there.len() };
        self.nulls += levels.there.iter().filter(|there| **there == 0).count();
        let numbered = match values.null_count() {
            0 => self.number(values.values()),
            _ => self.number(&values.iter().flatten().collect::<Vec<_>>()),
        };
        // A page without values needs no dictionary, which may not be there.
        let encoding = if numbered && !self.page.is_empty() {
            let width = (usize::BITS - self.found.len().saturating_sub(1).leading_zeros()).max(1);
            bytes.push(width as u8);
            runs_and_bits(&self.page, width, &mut bytes);
            Encoding::RLE_DICTIONARY
        } else {
            let values: Vec<i64> = values.iter().flatten().map(Into::into).collect();
            let also = self.beyond.into_iter().flat_map(|(least, greatest)| [least, greatest]);
            self.beyond = bounds(values.iter().copied().chain(also));
            bytes.extend(plain(&values, self.words()));
            Encoding::PLAIN
        };
        let size = bytes.len();
        let page = Page::DataPage {
            buf: bytes.into(),
            num_values: count as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let size = write(&mut self.pages, page, size)?;
        self.sizes.push((size, rows));
        self.count += count;
        Ok(())
    }

    /// Looks up the numbers of a page's values; tells whether all of them have one.
    fn number<V: Into<i64> + Copy>(&mut self, values: &[V]) -> bool {
        self.page.resize(values.len(), 0);
        let Some(first) = values.first() else { return true };
        // Numbers of words begin with 0.
        let from_first =
            if self.words.is_some() { 0 } else { (*first).into().wrapping_sub((SPAN / 2) as i64) };
        let base = *self.base.get_or_insert(from_first);
        for (to, value) in self.page.iter_mut().zip(values) {
            let value = (*value).into();
            let Some(number) = self.numbers.get_mut(value.wrapping_sub(base) as u64 as usize) else {
                return false;
            };
            if *number == 0 {
                if self.found.len() == usize::from(u16::MAX) {
                    return false;
                }
                self.found.push(value);
                *number = self.found.len() as u16;
            }
            *to = *number - 1;
        }
        true
    }

    /// Ends the chunk: its dictionary and its pages, and what is said of them.
    pub(super) fn close(self) -> Result<(Bytes, ColumnCloseResult), ParquetError> {
        let mut whole = TrackedWrite::new(Vec::new());
        let statistics = self.statistics();
        let mut dictionary = 0;
        if !self.found.is_empty() {
            let page = plain(&self.found, self.words());
            let size = page.len();
            let page = Page::DictionaryPage {
                buf: page.into(),
                num_values: self.found.len() as u32,
                encoding: Encoding::PLAIN,
                is_sorted: false,
            };
            dictionary = write(&mut whole, page, size)?;
        }
        let mut whole = whole.into_inner()?;
        whole.extend(self.pages.into_inner()?);
        let rows: usize = self.sizes.iter().map(|(_, rows)| rows).sum();
        let mut index = OffsetIndexBuilder::new();
        let mut offset = dictionary;
        for (size, rows) in &self.sizes {
            index.append_offset_and_size(offset as i64, *size as i32);
            index.append_row_count(*rows as i64);
            offset += size;
        }
        let mut builder = ColumnChunkMetaData::builder(self.column)
            .set_compression(Compression::UNCOMPRESSED)
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_num_values(self.count as i64)
            .set_total_compressed_size(whole.len() as i64)
            .set_total_uncompressed_size(whole.len() as i64)
            .set_data_page_offset(dictionary as i64)
            .set_dictionary_page_offset((dictionary > 0).then_some(0));
        if let Some(statistics) = statistics {
            builder = builder.set_statistics(statistics);
        }
        let close = ColumnCloseResult {
            bytes_written: whole.len() as u64,
            rows_written: rows as u64,
            metadata: builder.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(index.build()),
        };
        Ok((whole.into(), close))
    }

    fn words(&self) -> Option<&StringArray> {
        self.words.as_ref().and_then(|words| words.as_string_opt::<i32>())
    }

    /// What readers may pass over the chunk by.
    fn statistics(&self) -> Option<Statistics> {
        let nulls = Some(self.nulls as u64);
        let beyond = self.beyond.into_iter().flat_map(|(least, greatest)| [least, greatest]);
        let values = self.found.iter().copied().chain(beyond);
        let Some(words) = self.words() else {
            let (least, greatest) = bounds(values)?;
            return Some(Statistics::int64(Some(least), Some(greatest), None, nulls, false));
        };
        if self.beyond.is_some() {
            return None;
        }
        let (least, greatest) = bounds(values.map(|value| word(words, value)))?;
        let [least, greatest] = [least, greatest].map(|word| Some(ByteArray::from(word)));
        Some(Statistics::byte_array(least, greatest, None, nulls, false))
    }
}

/// Writes a page with its head; gives the size of both.
fn write(to: &mut TrackedWrite<Vec<u8>>, page: Page, size: usize) -> Result<usize, ParquetError> {
    let written = SerializedPageWriter::new(to).write_page(CompressedPage::new(page, size))?;
    Ok(written.bytes_written as usize)
}

fn word(words: &StringArray, value: i64) -> &str {
    let row = usize::try_from(value).ok().filter(|row| *row < words.len());
    row.map_or("", |row| words.value(row))
}

/// The values of a dictionary, one after the other.
fn plain(values: &[i64], words: Option<&StringArray>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        match words {
            None => bytes.extend(value.to_le_bytes()),
            Some(words) => {
                let word = word(words, *value);
                bytes.extend((word.len() as u32).to_le_bytes());
                bytes.extend(word.as_bytes());
            }
        }
    }
    bytes
}

/// The least and the greatest value.
fn bounds<V: Ord + Copy>(values: impl Iterator<Item = V>) -> Option<(V, V)> {
    values.fold(None, |bounds, value| {
        let (least, greatest) = bounds.unwrap_or((value, value));
        Some((least.min(value), greatest.max(value)))
    })
}

/// Writes levels, their length in bytes before them.
fn with_length(levels: &[u16], out: &mut Vec<u8>) {
    let mut bytes = Vec::new();
    runs_and_bits(levels, 1, &mut bytes);
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend(bytes);
}

/// Writes numbers of so many bits: runs of one number as such, all others packed, eight of them at a time.
fn runs_and_bits(numbers: &[u16], width: u32, out: &mut Vec<u8>) {
    let (mut packed, mut at) = (0, 0);
    while at < numbers.len() {
        let rest = numbers.get(at..).unwrap_or(&[]);
        let run = run(rest);
        if run < 8 * LEAST_RUN && run < rest.len() {
            at += (run / 8 * 8).max(8).min(rest.len());
            continue;
        }
        pack(numbers.get(packed..at).unwrap_or(&[]), width, out);
        unsigned((run as u64) << 1, out);
        let number = rest.first().copied().unwrap_or_default().to_le_bytes();
        out.extend(number.iter().take(width.div_ceil(8) as usize));
        at += run;
        packed = at;
    }
    pack(numbers.get(packed..).unwrap_or(&[]), width, out);
}

/// How many groups of eight numbers are all the first number, as numbers; a group at the end may be shorter.
#[inline]
fn run(numbers: &[u16]) -> usize {
    let Some(first) = numbers.first() else { return 0 };
    let (groups, rest) = numbers.as_chunks::<8>();
    let same = groups.iter().take_while(|group| **group == [*first; 8]).count();
    let all = same == groups.len() && rest.iter().all(|number| number == first);
    if all { numbers.len() } else { same * 8 }
}

/// Packs numbers, the lowest bits first; the last group is filled up with zeros.
fn pack(numbers: &[u16], width: u32, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    unsigned((groups as u64) << 1 | 1, out);
    let (whole, rest) = numbers.as_chunks::<8>();
    let size = width as usize;
    out.reserve(groups * size + 8);
    if size <= 8 {
        for group in whole {
            let bits = group.iter().rev().fold(0_u64, |bits, number| bits << width | u64::from(*number));
            // All eight bytes are written, as that is one step, and those behind the bits are taken back.
            let end = out.len() + size;
            out.extend_from_slice(&bits.to_le_bytes());
            out.truncate(end);
        }
    }
    let wide = if size > 8 { whole } else { &[] };
    for group in wide.iter().map(<[u16; 8]>::as_slice).chain((!rest.is_empty()).then_some(rest)) {
        let bits = group.iter().rev().fold(0_u128, |bits, number| bits << width | u128::from(*number));
        out.extend(bits.to_le_bytes().iter().take(size));
    }
}

/// Writes a whole number, seven bits a byte, the lowest first.
fn unsigned(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use arrow_array::{DictionaryArray, Int64Array};
    use arrow_buffer::OffsetBuffer;
    use arrow_schema::{Field, Schema};
    use parquet::arrow::ArrowSchemaConverter;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::file::writer::SerializedFileWriter;

    use super::*;

    /// Writes pages of a column, and reads them as text, `-` for null.
    fn written_and_read(field: Field, pages: &[ArrayRef]) -> Result<Vec<String>, ParquetError> {
        let schema = Schema::new(vec![field]);
        let types = ArrowSchemaConverter::new().convert(&schema)?;
        let mut file = SerializedFileWriter::new(Vec::new(), types.root_schema_ptr(), Arc::default())?;
        let mut coded = Coded::new(types.column(0));
        pages.iter().try_for_each(|page| coded.add(page))?;
        let (bytes, close) = coded.close()?;
        let mut group = file.next_row_group()?;
        group.append_column(&bytes, close)?;
        group.close()?;
        let bytes = Bytes::from(file.into_inner()?);
        let mut found = Vec::new();
        for rows in ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()? {
            let rows = rows?;
            let column = rows.column(0);
            found.extend((0..rows.num_rows()).map(|row| text(column, row)));
        }
        Ok(found)
    }

    fn text(column: &ArrayRef, row: usize) -> String {
        if column.is_null(row) {
            return "-".into();
        }
        if let Some(list) = column.as_list_opt::<i32>() {
            let values = list.value(row);
            return (0..values.len()).map(|row| text(&values, row) + ";").collect();
        }
        match column.as_string_opt::<i32>() {
            Some(words) => words.value(row).to_string(),
            None => column.as_primitive::<Int64Type>().value(row).to_string(),
        }
    }

    /// Numbers below a bound, in runs of different lengths.
    fn numbers(length: usize, below: i64) -> Vec<i64> {
        let mut dice = 88_172_645_463_325_252_u64;
        let mut numbers = Vec::new();
        while numbers.len() < length {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let run = [1, 1, 1, 2, 9, 33, 100].get(dice as usize % 7).copied().unwrap_or(1);
            numbers.extend(std::iter::repeat_n((dice >> 8) as i64 % below - below / 3, run));
        }
        numbers.truncate(length);
        numbers
    }

    #[test]
    fn whole_numbers_come_back_as_they_were() -> Result<(), ParquetError> {
        for below in [1, 2, 3, 7, 300, 20_000, 60_000, 1 << 40] {
            for length in [0, 1, 7, 8, 9, 31, 32, 33, 1000, 8192] {
                let pages = [numbers(length, below), numbers(9, 5), numbers(length / 2, below)];
                let wanted: Vec<String> = pages.iter().flatten().map(i64::to_string).collect();
                let pages = pages.map(|page| Arc::new(Int64Array::from(page)) as ArrayRef);
                let found = written_and_read(Field::new("n", DataType::Int64, false), &pages)?;
                assert!(found == wanted, "{length} numbers below {below}");
            }
        }
        let ends = [i64::MIN, i64::MAX, 0, -1];
        let page = Arc::new(Int64Array::from(ends.to_vec())) as ArrayRef;
        let found = written_and_read(Field::new("n", DataType::Int64, false), &[page])?;
        assert_eq!(found, ends.map(|number| number.to_string()));
        Ok(())
    }

    #[test]
    fn words_and_nulls_come_back_as_they_were() -> Result<(), ParquetError> {
        let names = ["a", "", "long enough", "名"];
        for length in [1, 8, 50, 4000] {
            let keys =
                numbers(length, 6).into_iter().map(|key| i32::try_from(key).ok().filter(|key| *key >= 0));
            let keys: Vec<Option<i32>> = keys.collect();
            let word =
                |key: &Option<i32>| key.and_then(|key| names.get(key as usize)).copied().unwrap_or("-");
            let wanted: Vec<String> = keys.iter().map(|key| word(key).to_string()).collect();
            let words = Arc::new(StringArray::from_iter_values(names));
            let page = Arc::new(DictionaryArray::<Int32Type>::new(keys.into(), words)) as ArrayRef;
            let ty = page.data_type().clone();
            assert_eq!(written_and_read(Field::new("w", ty, true), &[page])?, wanted);
        }
        Ok(())
    }

    #[test]
    fn lists_come_back_as_they_were() -> Result<(), ParquetError> {
        let names = ["a", "bc", "d", "e", "f"];
        let ty = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let item = Arc::new(Field::new("item", ty, false));
        for (rows, most) in [(1, 1), (9, 2), (300, 1), (3000, 6)] {
            let lengths: Vec<usize> = numbers(rows, most).iter().map(|n| n.unsigned_abs() as usize).collect();
            let keys: Vec<i32> = (0..).take(lengths.iter().sum()).map(|n| n * 7 % 5).collect();
            let (mut wanted, mut rest) = (Vec::new(), keys.as_slice());
            for length in &lengths {
                let (list, others) = rest.split_at(*length);
                let word = |key: &i32| names.get(*key as usize).copied().unwrap_or("").to_string() + ";";
                wanted.push(list.iter().map(word).collect::<String>());
                rest = others;
            }
            let words = Arc::new(StringArray::from_iter_values(names));
            let words = Arc::new(DictionaryArray::<Int32Type>::new(keys.into(), words));
            let offsets = OffsetBuffer::from_lengths(lengths);
            let page = Arc::new(ListArray::new(Arc::clone(&item), offsets, words, None)) as ArrayRef;
            let field = Field::new("l", page.data_type().clone(), false);
            assert_eq!(
                written_and_read(field, &[Arc::clone(&page), page])?,
                [wanted.clone(), wanted].concat()
            );
        }
        Ok(())
    }
}
