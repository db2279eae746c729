//! Words that are not of the language, and what people mean by them.

/// Returns the truth value that a word of another language means.
pub(super) fn truth(word: &str) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" | "是" | "对" | "有" | "ja" | "wahr" | "oui" | "vrai"
        | "verdadero" => Some(true),
        "false" | "no" | "n" | "off" | "0" | "否" | "不" | "无" | "没有" | "nein" | "falsch" | "non"
        | "faux" | "falso" => Some(false),
        _ => None,
    }
}

/// Tells whether a word says elsewhere that there is no value.
pub(super) fn is_nothing(word: &str) -> bool {
    let nothing = [
        "null",
        "none",
        "nil",
        "nan",
        "na",
        "n/a",
        "undefined",
        "tbd",
        "-",
        "–",
        "—",
        "?",
        "未知",
        "不详",
        "不明",
    ];
    nothing.contains(&word.to_lowercase().as_str())
}

/// What is meant by a word that is no unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnitWord {
    /// This unit.
    Unit(&'static str),
    /// A plain number.
    Plain,
    /// So often: `per` this unit.
    Per(&'static str),
    /// So many of a plain number: thousands.
    Times(&'static str),
}

/// Returns what is meant by a word that is no unit.
pub(super) fn unit(word: &str) -> Option<UnitWord> {
    let unit = match word.to_lowercase().as_str() {
        "rmb" | "yuan" | "renminbi" | "元" | "人民币" | "块" => "CNY",
        "dollar" | "dollars" | "美元" => "USD",
        "euro" | "euros" | "欧元" => "EUR",
        "秒" => "second",
        "min" | "mins" | "分钟" => "minute",
        "h" | "hr" | "hrs" | "小时" => "hour",
        "天" | "日" => "day",
        "wk" | "周" | "星期" => "week",
        "月" | "个月" => "month",
        "yr" | "yrs" | "annum" | "年" => "year",
        "pct" => "percent",
        "hourly" => return Some(UnitWord::Per("hour")),
        "daily" => return Some(UnitWord::Per("day")),
        "weekly" => return Some(UnitWord::Per("week")),
        "monthly" => return Some(UnitWord::Per("month")),
        "yearly" | "annually" | "annual" => return Some(UnitWord::Per("year")),
        "k" | "thousand" => return Some(UnitWord::Times("000")),
        "mio" | "mn" | "mln" | "million" => return Some(UnitWord::Times("000_000")),
        "times" | "time" | "次" | "个" | "pcs" | "pieces" => return Some(UnitWord::Plain),
        _ => return None,
    };
    Some(UnitWord::Unit(unit))
}

/// Returns the type that a word means in other languages, and whether it means nothing more.
pub(super) fn ty(word: &str) -> Option<(&'static str, bool)> {
    let sure = !matches!(word.to_lowercase().as_str(), "datetime" | "timestamp");
    let ty = match word.to_lowercase().as_str() {
        "integer" | "long" | "whole" | "整数" => "int",
        "string" | "str" | "varchar" | "文本" => "text",
        "boolean" | "布尔" => "bool",
        "float" | "decimal" | "double" | "real" | "numeric" | "数字" => "number",
        "datetime" | "timestamp" | "日期" => "date",
        _ => return None,
    };
    Some((ty, sure))
}

/// Returns the function that a word means in other languages.
pub(super) fn function(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "size" | "len" | "length" | "cardinality" => Some("count"),
        "intersection" | "intersect" | "overlap" => Some("common"),
        "minimum" | "least" => Some("min"),
        "maximum" | "greatest" => Some("max"),
        "mround" | "roundto" => Some("round"),
        "rounddown" => Some("floor"),
        "ceiling" | "roundup" => Some("ceil"),
        _ => None,
    }
}

/// Returns the operator that does what a function does in other languages.
pub(super) fn operator(word: &str) -> Option<&'static str> {
    match word {
        "sum" | "total" | "add" | "plus" => Some("+"),
        "product" | "multiply" | "times" => Some("*"),
        _ => None,
    }
}

/// Returns the language that is meant by a tag that stands for a country or is not in use.
pub(super) fn language(tag: &str) -> Option<&'static str> {
    Some(match tag.to_lowercase().as_str() {
        "cn" | "chs" | "chinese" => "zh",
        "tw" | "cht" => "zh-Hant",
        "jp" => "ja",
        "kr" => "ko",
        "gb" | "us" | "eng" | "english" => "en",
        _ => return None,
    })
}
