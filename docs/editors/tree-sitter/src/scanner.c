// What depends on the end of a line: the unit behind a number, the upper bound of a range, an old name, a table's rows.
#include "tree_sitter/parser.h"
#include <string.h>

enum { UNIT_NAME, DOTS, OPEN_DOTS, WAS, ROW_END, RECOVERING };

// Words that are never names, and words that may be but are no units.
static const char *const RESERVED[] = {
    "and", "or", "not", "in", "has", "is", "if", "then", "else", "when", "true", "false", "unknown", "today", "per",
};
static const char *const LANGUAGE_WORDS[] = {
    "ruleset", "version", "languages", "as", "of", "import", "extends", "override", "remove", "source", "text", "url",
    "publisher", "published", "accessed", "confidence", "high", "medium", "low", "unit", "enum", "scale", "profile",
    "section", "fact", "channel", "mix", "requirement", "weight", "levels", "let", "rule", "table", "verdicts", "test",
    "property", "default", "required", "fixed", "was", "needs", "nothing", "owned", "met", "unmet", "how", "cost",
    "takes", "for", "each", "where", "exception", "to", "score", "exclude", "cap", "note", "warn", "because", "from",
    "at", "since", "until", "disputed", "allow", "given", "expect", "recommended", "possible", "unsuitable",
    "excluded", "eligible", "undecided", "leaning", "could", "be", "by", "fires", "fire", "does", "missing", "first",
    "collect", "unique", "csv", "even", "known", "any", "all", "none", "only", "count", "min", "max", "abs", "bool",
    "int", "number", "date", "set", "texts",
};
// Words that no bound of a range begins with, though a name would.
static const char *const CLAUSES[] = {
    "because", "from", "note", "warn", "needs", "default", "required", "fixed", "was", "owned", "met", "how", "cost",
    "takes", "for", "where", "exception", "since", "until", "disputed", "allow", "at", "expect", "given", "even",
    "score", "exclude", "cap", "of", "collect", "first", "unique",
};

#define COUNT(words) (sizeof(words) / sizeof(*(words)))
#define LONGEST 16

static bool is_one_of(const char *word, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) return true;
    }
    return false;
}

static bool is_gap(int32_t c) { return c == ' ' || c == '\t'; }
static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool begins_name(int32_t c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           // Full-width signs and those of Chinese texts are no letters.
           (c >= 0xaa && !(c >= 0x2000 && c < 0x2071) && !(c >= 0x3000 && c < 0x3005) &&
            !(c >= 0x3008 && c < 0x3021) && !(c >= 0xfe10 && c < 0xfe70) && !(c >= 0xff00 && c < 0xff66));
}

// Reads a word; what is too long for one of the language becomes empty. False if none begins here.
static bool read_word(TSLexer *lexer, char word[LONGEST]) {
    if (!begins_name(lexer->lookahead)) return false;
    size_t length = 0;
    while (begins_name(lexer->lookahead) || is_digit(lexer->lookahead)) {
        if (length < LONGEST) {
            bool plain = lexer->lookahead < 0x80;
            word[length] = plain ? (char)lexer->lookahead : '?';
            length++;
        }
        lexer->advance(lexer, false);
    }
    word[length < LONGEST ? length : 0] = '\0';
    return true;
}

static bool follows(TSLexer *lexer, const char *wanted) {
    char word[LONGEST];
    while (is_gap(lexer->lookahead)) lexer->advance(lexer, false);
    return read_word(lexer, word) && strcmp(word, wanted) == 0;
}

// Tells a unit, or the word before an old name.
static bool scan_word(TSLexer *lexer, const bool *valid, bool same_line) {
    char word[LONGEST];
    if (!read_word(lexer, word)) return false;
    lexer->mark_end(lexer);
    if (strcmp(word, "was") == 0 && valid[WAS] && is_gap(lexer->lookahead)) {
        while (is_gap(lexer->lookahead)) lexer->advance(lexer, false);
        lexer->result_symbol = WAS;
        return begins_name(lexer->lookahead);
    }
    if (!valid[UNIT_NAME] || !same_line || is_one_of(word, RESERVED, COUNT(RESERVED)) ||
        is_one_of(word, LANGUAGE_WORDS, COUNT(LANGUAGE_WORDS))) {
        return false;
    }
    lexer->result_symbol = UNIT_NAME;
    // What follows the value of a measure is no unit.
    if (strcmp(word, "mixes") == 0) return !follows(lexer, "sum");
    if (strcmp(word, "higher") == 0 || strcmp(word, "lower") == 0) {
        return !(follows(lexer, "is") && follows(lexer, "better"));
    }
    return true;
}

static bool scan_dots(TSLexer *lexer, const bool *valid) {
    lexer->advance(lexer, false);
    if (lexer->lookahead != '.') return false;
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    while (is_gap(lexer->lookahead)) lexer->advance(lexer, false);
    char word[LONGEST];
    int32_t c = lexer->lookahead;
    bool bound = is_digit(c) || c == '-' || c == '+' || c == '(' || c == '"';
    if (read_word(lexer, word)) {
        bool value = strcmp(word, "if") == 0 || strcmp(word, "true") == 0 || strcmp(word, "false") == 0 ||
                     strcmp(word, "today") == 0 || strcmp(word, "unknown") == 0;
        bound = value || !(is_one_of(word, RESERVED, COUNT(RESERVED)) || is_one_of(word, CLAUSES, COUNT(CLAUSES)));
    }
    lexer->result_symbol = bound ? DOTS : OPEN_DOTS;
    return valid[lexer->result_symbol];
}

bool tree_sitter_qudao_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    (void)payload;
    if (valid[RECOVERING]) return false;
    while (is_gap(lexer->lookahead) || lexer->lookahead == '\r') lexer->advance(lexer, true);
    if (valid[ROW_END] && (lexer->lookahead == '\n' || lexer->lookahead == '}')) {
        lexer->result_symbol = ROW_END;
        return true;
    }
    bool same_line = true;
    while (is_gap(lexer->lookahead) || lexer->lookahead == '\r' || lexer->lookahead == '\n') {
        same_line = same_line && lexer->lookahead != '\n';
        lexer->advance(lexer, true);
    }
    if ((valid[DOTS] || valid[OPEN_DOTS]) && lexer->lookahead == '.') return scan_dots(lexer, valid);
    return (valid[WAS] || valid[UNIT_NAME]) && scan_word(lexer, valid, same_line);
}

// Nothing is remembered between two calls.
void *tree_sitter_qudao_external_scanner_create(void) { return NULL; }
void tree_sitter_qudao_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_qudao_external_scanner_serialize(void *payload, char *buffer) {
    (void)payload;
    (void)buffer;
    return 0;
}
void tree_sitter_qudao_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    (void)payload;
    (void)buffer;
    (void)length;
}
