//! Conditions on amounts and on sets that facts state.

use super::Generator;

impl Generator<'_> {
    /// A value among those of a set that is a fact or a field, or that is made of expressions.
    pub(super) fn set(&mut self, op: &str, channel: &str) -> String {
        self.used("set of expressions");
        let word = self.dice.one(&["in", "not in"]);
        match self.dice.pick(10) {
            0 => format!("owner {word} {channel}.kinds"),
            1 => format!("{channel}.kind {word} goals"),
            2 => format!("sell {word} {channel}.tags"),
            3 => format!("owner {word} {{one, (if flag then two else three)}}"),
            4 => format!("goals has any {{{channel}.kind, talk}}"),
            5 => format!("posts {word} {{{channel}.limit, 2 per month}}"),
            6 => format!("staff {word} {{count(goals), 3}}"),
            7 => format!("repeat {word} {{{channel}.rank, never}}"),
            8 => format!("start {word} {{{channel}.born, 2025-06-01}}"),
            _ => format!("count({{owner, (if icp then one else three)}}) {op} 1"),
        }
    }

    /// A number times a fact.
    pub(super) fn product(&mut self, op: &str, channel: &str) -> String {
        self.used("product");
        match self.dice.pick(6) {
            0 => format!("posts * {channel}.piece + {channel}.base {op} 20 EUR per month"),
            1 => format!("size * {channel}.price {op} 10 EUR"),
            2 => format!("{channel}.ratio * staff in 1 .. {channel}.ratio * 2"),
            3 => format!("{channel}.price * {channel}.ratio * size {op} 5 EUR"),
            4 => format!("(staff - 1) * {channel}.base * 1 month {op} {channel}.piece * staff"),
            _ => format!("staff + count(goals) * {channel}.ratio {op} 3"),
        }
    }

    /// Declares a unit whose rate changes by day, and one that is told by it.
    pub(super) fn rates(&mut self) -> Vec<String> {
        self.used("dated rate");
        let before = self.dice.one(&["2 EUR", "0.5 EUR"]);
        let after = self.dice.one(&["4 EUR", "0.3 EUR", "unknown", "1 EUR"]);
        let other = self.disputed(&["3 EUR", "unknown"]);
        let from = self.dice.one(&["2024-06-15", "2024-06-15", "2024-06-15", "2024-06-16"]);
        vec![
            format!("unit coin = {before} from book until 2024-06-14"),
            format!("unit coin = {after} since {from}{other}"),
            "unit chip = 3 coin".into(),
        ]
    }

    /// Numbers whose units are joined by a rate that changes by day.
    pub(super) fn exchanged(&mut self, op: &str, channel: &str) -> String {
        self.used("exchanged");
        match self.dice.pick(6) {
            0 => format!("{channel}.toll {op} {channel}.piece"),
            1 => format!("{channel}.piece + staff * 1 coin {op} 2 chip"),
            2 => format!("staff * {channel}.toll in 1 EUR .. 9 EUR"),
            3 => format!("posts * {channel}.toll {op} {channel}.base"),
            4 => format!("5 EUR {op} (staff - 1) * {channel}.toll"),
            _ => format!("staff * 2 EUR in {{{channel}.toll, 1 chip}}"),
        }
    }

    /// A number divided by a fact.
    pub(super) fn quotient(&mut self, op: &str, channel: &str) -> String {
        self.used("quotient");
        match self.dice.pick(4) {
            0 => format!("staff / {channel}.ratio {op} 1"),
            1 => format!("posts {op} {channel}.base / {channel}.piece"),
            2 => format!("(size + {channel}.room) / {channel}.ratio {op} 5 MB"),
            _ => format!("2 EUR / {channel}.piece {op} staff - count(goals)"),
        }
    }

    /// A rounded number.
    pub(super) fn rounding(&mut self, op: &str, channel: &str) -> String {
        self.used("rounding");
        let way = self.dice.one(&["round", "floor", "ceil"]);
        match self.dice.pick(5) {
            0 => format!("{way}(staff * {channel}.ratio, 0.5) {op} 2"),
            1 => format!("{way}(posts, 2 per month) {op} 4 per month"),
            2 => format!("{way}(size * {channel}.price, 1 EUR) {op} 8 EUR"),
            3 => format!("{way}(staff / 2 - 1, 1) {op} count(goals) - 1"),
            _ => format!("{way}(1.3 - staff, {channel}.piece / 1 EUR) {op} -0.7"),
        }
    }

    /// Two numbers that vary, multiplied.
    pub(super) fn product_of_two(&mut self, op: &str, channel: &str) -> String {
        self.used("product of two that vary");
        match self.dice.pick(5) {
            0 => format!("staff * count(goals) {op} 3"),
            1 => format!("posts * staff {op} 6 per month"),
            2 => format!("(staff - 1) * (staff - count(goals)) {op} 0"),
            3 => format!("posts * {channel}.by[owner] {op} 1 per month"),
            _ => format!("(1.5 - staff) * (posts - 3 per month) {op} {channel}.ratio * 1 per month"),
        }
    }

    /// A set that is held against another.
    pub(super) fn set_against_set(&mut self, channel: &str) -> String {
        self.used("set against set");
        let quantifier = self.dice.one(&["any", "all", "none", "only"]);
        match self.dice.pick(4) {
            0 => format!("goals has {quantifier} {channel}.tags"),
            1 => format!("{channel}.tags has {quantifier} goals"),
            2 => format!("goals has {quantifier} (if flag then {channel}.tags else goals)"),
            _ => format!("{channel}.kinds has {quantifier} {{owner, (if icp then one else two)}}"),
        }
    }

    /// What is in both of two sets.
    pub(super) fn common(&mut self, op: &str, channel: &str) -> String {
        self.used("common");
        let quantifier = self.dice.one(&["any", "all", "none", "only"]);
        match self.dice.pick(5) {
            0 => format!("count(common(goals, {channel}.tags)) {op} 1"),
            1 => format!("common(goals, {channel}.tags) has {quantifier} {{sell}}"),
            2 => format!("goals has {quantifier} common({channel}.tags, {{sell, talk}})"),
            3 => format!("common(goals, {{sell}}) == {channel}.tags"),
            _ => format!("staff * count(common(goals, {channel}.tags)) {op} 2"),
        }
    }
}
