
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * The JSON reader against RFC 8259's grammar: what must be read and how it
 * is written again, what must be refused, with which words and where.
 */


#include "t/unit/tap.h"

#include "format/tender_json.h"


#define T(text)  text, sizeof(text) - 1

#define NO_OBJECT   "No JSON object could be decoded"
#define NO_VALUE    "Expecting object"
#define NO_NAME     "Expecting property name enclosed in double quotes"
#define NO_COLON    "Expecting : delimiter"
#define NO_COMMA    "Expecting , delimiter"
#define EXTRA       "Extra data"
#define UNTERM      "Unterminated string starting at"
#define CONTROL     "Invalid control character at"
#define ESCAPE      "Invalid \\escape"
#define UESCAPE     "Invalid \\uXXXX escape"
#define NUL         "NUL character"
#define SURROGATE   "Lone surrogate"
#define UTF8        "Invalid UTF-8"
#define BOM         "Byte order mark"
#define DUPLICATE   "Duplicate member"
#define DIGITS      "Number has more than 15 significant digits"
#define RANGE       "Number out of range"


typedef struct {
    const char  *name;
    const char  *text;
    size_t       len;
    const char  *written;    /* NULL: the text itself */
} good_t;

typedef struct {
    const char  *name;
    const char  *text;
    size_t       len;
    const char  *why;
    size_t       offset;
} bad_t;

typedef struct {
    const char  *text;
    size_t       len;
    const char  *shown;
} place_t;


static int read_copy(const char *text, size_t len, tender_value_t **value);
static void test_good(const good_t *c);
static void test_prefixes(const good_t *c);
static void test_bad(const bad_t *c);
static void test_places(void);
static void test_depth(void);
static void test_members(void);
static void test_spans(void);
static void test_number_edges(void);
static void test_long_strings(void);
static void test_memory(void);
static void *refuse_alloc(void *data, size_t size);


static const good_t  good[] = {

    /* structures */

    { "y_array_empty", T("[]"), NULL },
    { "y_array_empty-string", T("[\"\"]"), NULL },
    { "y_array_null", T("[null]"), NULL },
    { "y_array_false", T("[false]"), NULL },
    { "y_array_heterogeneous", T("[null, 1, \"1\", {}]"),
      "[null,1,\"1\",{}]" },
    { "y_array_with_several_null", T("[1,null,null,null,2]"), NULL },
    { "y_array_arraysWithSpaces", T("[[]   ]"), "[[]]" },
    { "y_array_ending_with_newline", T("[\"a\"]\n"), "[\"a\"]" },
    { "y_array_with_1_and_newline", T("[1\n]"), "[1]" },
    { "y_array_with_leading_space", T(" [1]"), "[1]" },
    { "y_array_with_trailing_space", T("[2] "), "[2]" },
    { "y_array_spaces_everywhere", T(" [ 1 , 2 ] "), "[1,2]" },
    { "y_array_nested", T("[[[1],[2,[3]]],[]]"), NULL },
    { "y_array_empty_inner_space", T("[ ]"), "[]" },
    { "y_array_of_objects", T("[{},{\"a\":{}},{\"a\":[]}]"), NULL },
    { "y_object_basic", T("{\"asd\":\"sdf\"}"), NULL },
    { "y_object_two", T("{\"asd\":\"sdf\", \"dfg\":\"fgh\"}"),
      "{\"asd\":\"sdf\",\"dfg\":\"fgh\"}" },
    { "y_object_empty", T("{}"), NULL },
    { "y_object_empty_inner_space", T("{ \r\n\t}"), "{}" },
    { "y_object_empty_key", T("{\"\":0}"), NULL },
    { "y_object_simple", T("{\"a\":[]}"), NULL },
    { "y_object_long_strings",
      T("{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}],"
        " \"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}"),
      "{\"x\":[{\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}],"
      "\"id\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}" },
    { "y_object_with_newlines", T("{\n\"a\": \"b\"\n}"), "{\"a\":\"b\"}" },
    { "y_object_all_spaces", T("\t{\r\"a\"\n: 1 ,\t\"b\" :\r2\n}\t"),
      "{\"a\":1,\"b\":2}" },
    { "y_object_extreme_numbers",
      T("{\"min\":-1.0e+28,\"max\":1.0e+28}"), NULL },
    { "y_object_names_by_case", T("{\"a\":1,\"A\":2}"), NULL },
    { "y_object_names_prefix", T("{\"a\":1,\"aa\":2,\"\":3}"), NULL },
    { "y_object_names_precomposed",
      T("{\"\xc3\xa9\":1,\"e\xcc\x81\":2}"), NULL },
    { "y_object_same_name_at_depths", T("{\"a\":{\"a\":{\"a\":1}}}"), NULL },
    { "y_object_same_name_in_siblings", T("[{\"a\":1},{\"a\":2}]"), NULL },
    { "y_object_name_of_escapes", T("{\"\\\"\\\\\\/\\t\":1}"),
      "{\"\\\"\\\\/\\t\":1}" },
    { "y_object_cyrillic_name", T("{\"назва\":\"Київ\"}"), NULL },
    { "y_structure_lonely_false", T("false"), NULL },
    { "y_structure_lonely_true", T("true"), NULL },
    { "y_structure_lonely_null", T("null"), NULL },
    { "y_structure_lonely_int", T("42"), NULL },
    { "y_structure_lonely_negative_real", T("-0.1"), NULL },
    { "y_structure_lonely_string", T("\"asd\""), NULL },
    { "y_structure_string_empty", T("\"\""), NULL },
    { "y_structure_trailing_newline", T("[\"a\"]\r\n"), "[\"a\"]" },
    { "y_structure_true_in_array", T("[true]"), NULL },
    { "y_structure_whitespace_array", T(" [] "), "[]" },
    { "y_structure_many_spaces",
      T("                       1                       "), "1" },

    /* numbers */

    { "y_number", T("[123e65]"), NULL },
    { "y_number_0e+1", T("[0e+1]"), NULL },
    { "y_number_0e1", T("[0e1]"), NULL },
    { "y_number_after_space", T("[ 4]"), "[4]" },
    { "y_number_double_close_to_zero",
      T("[-0.0000000000000000000000000000000000000000000000000000000000"
        "00000000000000000001]"), NULL },
    { "y_number_int_with_exp", T("[20e1]"), NULL },
    { "y_number_minus_zero", T("[-0]"), NULL },
    { "y_number_negative_int", T("[-123]"), NULL },
    { "y_number_negative_one", T("[-1]"), NULL },
    { "y_number_negative_zero_real", T("[-0.0]"), NULL },
    { "y_number_real_capital_e", T("[1E22]"), NULL },
    { "y_number_real_capital_e_neg_exp", T("[1E-2]"), NULL },
    { "y_number_real_capital_e_pos_exp", T("[1E+2]"), NULL },
    { "y_number_real_exponent", T("[123e45]"), NULL },
    { "y_number_real_fraction_exponent", T("[123.456e78]"), NULL },
    { "y_number_real_neg_exp", T("[1e-2]"), NULL },
    { "y_number_real_pos_exponent", T("[1e+2]"), NULL },
    { "y_number_simple_int", T("[123]"), NULL },
    { "y_number_simple_real", T("[123.456789]"), NULL },
    { "y_number_money_keeps_its_zero", T("[485.50]"), NULL },
    { "y_number_all_digits", T("[1234567890]"), NULL },
    { "y_number_15_digits", T("[123456789012345]"), NULL },
    { "y_number_15_digits_point", T("[1234567890.12345]"), NULL },
    { "y_number_15_digits_small", T("[0.00000123456789012345]"), NULL },
    { "y_number_15_digits_zeros_behind", T("[12345678901234500000]"), NULL },
    { "y_number_15_digits_zeros_around", T("[0.12345678901234500000]"),
      NULL },
    { "y_number_one_digit_long", T("[1000000000000000000000]"), NULL },
    { "y_number_zeros_behind_the_point", T("[1.00000000000000000000]"),
      NULL },
    { "y_number_zero_long", T("[0.00000000000000000000000]"), NULL },
    { "y_number_zero_huge_exp", T("[0e400]"), NULL },
    { "y_number_zero_tiny_exp", T("[-0.0E-99999999999999999999]"), NULL },
    { "y_number_exp_leading_zeros", T("[1e0000000000000000000000002]"),
      NULL },
    { "y_number_largest", T("[1.79769313486231e308]"), NULL },
    { "y_number_largest_negative", T("[-179769313486231e294]"), NULL },
    { "y_number_smallest", T("[2.47032822920624e-324]"), NULL },
    { "y_number_smallest_denormal", T("[5e-324]"), NULL },
    { "y_number_exp_balances_zeros",
      T("[0.0000000000000000000000000000000001e340]"), NULL },
    { "y_number_digits_balance_exp",
      T("[10000000000000000000000000000000000e-340]"), NULL },
    { "y_number_two_zeros", T("[0,0]"), NULL },
    { "y_number_then_object", T("[0,{\"a\":-1}]"), NULL },

    /* strings */

    { "y_string_1_2_3_bytes_UTF-8_sequences",
      T("[\"\\u0060\\u012a\\u12AB\"]"), "[\"`\xc4\xaa\xe1\x8a\xab\"]" },
    { "y_string_accepted_surrogate_pair", T("[\"\\uD801\\udc37\"]"),
      "[\"\xf0\x90\x90\xb7\"]" },
    { "y_string_accepted_surrogate_pairs",
      T("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
      "[\"\xf0\x9f\x98\xb9\xf0\x9f\x92\x8d\"]" },
    { "y_string_first_pair", T("[\"\\uD800\\uDC00\"]"),
      "[\"\xf0\x90\x80\x80\"]" },
    { "y_string_last_valid_pair", T("[\"\\uDBFF\\uDFFF\"]"),
      "[\"\xf4\x8f\xbf\xbf\"]" },
    { "y_string_allowed_escapes", T("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
      "[\"\\\"\\\\/\\b\\f\\n\\r\\t\"]" },
    { "y_string_backslash_and_u_escaped_zero", T("[\"\\\\u0000\"]"), NULL },
    { "y_string_backslash_doublequotes", T("[\"\\\"\"]"), NULL },
    { "y_string_comments", T("[\"a/*b*/c/*d//e\"]"), NULL },
    { "y_string_double_escape_a", T("[\"\\\\a\"]"), NULL },
    { "y_string_double_escape_n", T("[\"\\\\n\"]"), NULL },
    { "y_string_escaped_control_character", T("[\"\\u0012\"]"), NULL },
    { "y_string_escaped_control_1f", T("[\"\\u001F\"]"), "[\"\\u001f\"]" },
    { "y_string_escaped_control_short",
      T("[\"\\u0008\\u000C\\u000a\\u000d\\u0009\"]"),
      "[\"\\b\\f\\n\\r\\t\"]" },
    { "y_string_escaped_noncharacter", T("[\"\\uFFFF\"]"),
      "[\"\xef\xbf\xbf\"]" },
    { "y_string_in_array", T("[\"asd\"]"), NULL },
    { "y_string_in_array_with_leading_space", T("[ \"asd\"]"),
      "[\"asd\"]" },
    { "y_string_nbsp_uescaped", T("[\"new\\u00A0line\"]"),
      "[\"new\xc2\xa0line\"]" },
    { "y_string_nonCharacterInUTF-8_U+10FFFF", T("[\"\xf4\x8f\xbf\xbf\"]"),
      NULL },
    { "y_string_nonCharacterInUTF-8_U+FFFF", T("[\"\xef\xbf\xbf\"]"),
      NULL },
    { "y_string_one-byte-utf-8", T("[\"\\u002c\"]"), "[\",\"]" },
    { "y_string_pi", T("[\"\xcf\x80\"]"), NULL },
    { "y_string_reservedCharacterInUTF-8_U+1BFFF",
      T("[\"\xf0\x9b\xbf\xbf\"]"), NULL },
    { "y_string_simple_ascii", T("[\"asd \"]"), NULL },
    { "y_string_space", T("\" \""), NULL },
    { "y_string_three-byte-utf-8", T("[\"\\u0821\"]"),
      "[\"\xe0\xa0\xa1\"]" },
    { "y_string_two-byte-utf-8", T("[\"\\u0123\"]"), "[\"\xc4\xa3\"]" },
    { "y_string_u+2028_line_sep", T("[\"\xe2\x80\xa8\"]"), NULL },
    { "y_string_u+2029_par_sep", T("[\"\xe2\x80\xa9\"]"), NULL },
    { "y_string_uEscape", T("[\"\\u0061\\u30af\\u30EA\\u30b9\"]"),
      "[\"a\xe3\x82\xaf\xe3\x83\xaa\xe3\x82\xb9\"]" },
    { "y_string_uescaped_newline", T("[\"new\\u000Aline\"]"),
      "[\"new\\nline\"]" },
    { "y_string_unescaped_char_delete", T("[\"\x7f\"]"), NULL },
    { "y_string_unicode_2", T("[\"\xe2\x8d\x82\xe3\x88\xb4\"]"), NULL },
    { "y_string_unicodeEscapedBackslash", T("[\"\\u005C\"]"),
      "[\"\\\\\"]" },
    { "y_string_unicode_escaped_double_quote", T("[\"\\u0022\"]"),
      "[\"\\\"\"]" },
    { "y_string_unicode_U+10FFFE_nonchar", T("[\"\\uDBFF\\uDFFE\"]"),
      "[\"\xf4\x8f\xbf\xbe\"]" },
    { "y_string_unicode_U+200B_ZERO_WIDTH_SPACE", T("[\"\\u200B\"]"),
      "[\"\xe2\x80\x8b\"]" },
    { "y_string_unicode_U+2064_invisible_plus", T("[\"\\u2064\"]"),
      "[\"\xe2\x81\xa4\"]" },
    { "y_string_unicode_U+FDD0_nonchar", T("[\"\\uFDD0\"]"),
      "[\"\xef\xb7\x90\"]" },
    { "y_string_utf8", T("[\"\xe2\x82\xac\xf0\x9d\x84\x9e\"]"), NULL },
    { "y_string_with_del_character", T("[\"a\x7f" "a\"]"), NULL },
    { "y_string_slash", T("[\"/\"]"), NULL },
    { "y_string_escaped_slash", T("[\"\\/\"]"), "[\"/\"]" },
    { "y_string_bom_inside", T("[\"\xef\xbb\xbf\"]"), NULL },
    { "y_string_json_in_it", T("\"{\\\"a\\\":[1,2]}\""), NULL },
    { "y_string_cyrillic", T("\"Державне управління справами\""), NULL },
    { "y_string_cyrillic_escaped",
      T("\"\\u0414\\u0423\\u0421 Київ \\u0404\""), "\"ДУС Київ Є\"" },
    { "y_string_cyrillic_with_quotes", T("\"ТОВ \\\"Ромашка\\\" №5\""),
      NULL },
    { "y_string_polish", T("\"Zażółć gęślą jaźń\""), NULL },
    { "y_string_every_length_of_utf8",
      T("\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
        "\xf0\x90\x80\x80\""), NULL },
    { "y_string_escape_last", T("\"aaaaaaaaaaaaaaaa\\n\""), NULL },
    { "y_string_escape_first", T("\"\\naaaaaaaaaaaaaaaa\""), NULL },
    { "y_string_escapes_in_a_row", T("\"\\\\\\\\\\\\\\\\\\\"\\\"\""), NULL }
};


static const bad_t  bad[] = {

    /* structures */

    { "n_structure_no_data", T(""), NO_OBJECT, 0 },
    { "n_structure_spaces", T(" \t\r\n"), NO_OBJECT, 4 },
    { "n_structure_single_space", T(" "), NO_OBJECT, 1 },
    { "n_structure_angle_bracket_.", T("<.>"), NO_OBJECT, 0 },
    { "n_structure_angle_bracket_null", T("[<null>]"), NO_VALUE, 1 },
    { "n_structure_array_trailing_garbage", T("[1]x"), EXTRA, 3 },
    { "n_structure_array_with_extra_array_close", T("[1]]"), EXTRA, 3 },
    { "n_structure_array_with_unclosed_string", T("[\"asd]"), UNTERM, 1 },
    { "n_structure_ascii-unicode-identifier", T("a\xc3\xa5"), NO_OBJECT,
      0 },
    { "n_structure_capitalized_True", T("[True]"), NO_VALUE, 1 },
    { "n_structure_close_unopened_array", T("1]"), EXTRA, 1 },
    { "n_structure_comma_instead_of_closing_brace", T("{\"x\": true,"),
      NO_NAME, 11 },
    { "n_structure_double_array", T("[][]"), EXTRA, 2 },
    { "n_structure_end_array", T("]"), NO_OBJECT, 0 },
    { "n_structure_end_object", T("}"), NO_OBJECT, 0 },
    { "n_structure_incomplete_UTF8_BOM", T("\xef\xbb{}"), NO_OBJECT, 0 },
    { "n_structure_lone-invalid-utf-8", T("\xe5"), NO_OBJECT, 0 },
    { "n_structure_lone-open-bracket", T("["), NO_VALUE, 1 },
    { "n_structure_lone-open-brace", T("{"), NO_NAME, 1 },
    { "n_structure_null-byte-outside-string", T("[\0]"), NO_VALUE, 1 },
    { "n_structure_null-byte-alone", T("\0"), NO_OBJECT, 0 },
    { "n_structure_null-byte-behind", T("{}\0"), EXTRA, 2 },
    { "n_multidigit_number_then_00", T("123\0"), EXTRA, 3 },
    { "n_structure_number_with_trailing_garbage", T("2@"), EXTRA, 1 },
    { "n_structure_object_followed_by_closing_object", T("{}}"), EXTRA, 2 },
    { "n_structure_object_unclosed_no_value", T("{\"\":"), NO_VALUE, 4 },
    { "n_structure_object_with_comment", T("{\"a\":/*comment*/\"b\"}"),
      NO_VALUE, 5 },
    { "n_structure_object_with_trailing_garbage", T("{\"a\": true} \"x\""),
      EXTRA, 12 },
    { "n_structure_open_array_apostrophe", T("['"), NO_VALUE, 1 },
    { "n_structure_open_array_comma", T("[,"), NO_VALUE, 1 },
    { "n_structure_open_array_open_object", T("[{"), NO_NAME, 2 },
    { "n_structure_open_array_open_string", T("[\"a"), UNTERM, 1 },
    { "n_structure_open_array_string", T("[\"a\""), NO_COMMA, 4 },
    { "n_structure_open_object_close_array", T("{]"), NO_NAME, 1 },
    { "n_structure_open_object_comma", T("{,"), NO_NAME, 1 },
    { "n_structure_open_object_open_array", T("{["), NO_NAME, 1 },
    { "n_structure_open_object_open_string", T("{\"a"), UNTERM, 1 },
    { "n_structure_open_object_string_with_apostrophes", T("{'a'"),
      NO_NAME, 1 },
    { "n_structure_open_open", T("[\"\\{[\"\\{[\"\\{[\"\\{"), ESCAPE, 2 },
    { "n_structure_single_eacute", T("\xe9"), NO_OBJECT, 0 },
    { "n_structure_single_star", T("*"), NO_OBJECT, 0 },
    { "n_structure_trailing_#", T("{\"a\":\"b\"}#{}"), EXTRA, 9 },
    { "n_structure_U+2060_word_joined", T("[\xe2\x81\xa0]"), NO_VALUE, 1 },
    { "n_structure_uescaped_LF_before_string", T("[\\u000A\"\"]"),
      NO_VALUE, 1 },
    { "n_structure_unclosed_array", T("[1"), NO_COMMA, 2 },
    { "n_structure_unclosed_array_partial_null", T("[ false, nul"),
      NO_VALUE, 9 },
    { "n_structure_unclosed_array_unfinished_false", T("[ true, fals"),
      NO_VALUE, 8 },
    { "n_structure_unclosed_array_unfinished_true", T("[ false, tru"),
      NO_VALUE, 9 },
    { "n_structure_unclosed_object", T("{\"asd\":\"asd\""), NO_COMMA, 12 },
    { "n_structure_unicode-identifier", T("\xc3\xa5"), NO_OBJECT, 0 },
    { "n_structure_UTF8_BOM_no_data", T("\xef\xbb\xbf"), BOM, 0 },
    { "n_structure_UTF8_BOM_object", T("\xef\xbb\xbf{}"), BOM, 0 },
    { "n_structure_BOM_later", T(" \xef\xbb\xbf{}"), NO_OBJECT, 1 },
    { "n_structure_UTF-16", T("\xff\xfe[\0]\0"), NO_OBJECT, 0 },
    { "n_structure_whitespace_formfeed", T("[\f]"), NO_VALUE, 1 },
    { "n_structure_whitespace_vertical_tab", T("[\v1]"), NO_VALUE, 1 },
    { "n_structure_whitespace_nbsp", T("[\xc2\xa0]"), NO_VALUE, 1 },
    { "n_structure_whitespace_U+2028", T("\xe2\x80\xa8[]"), NO_OBJECT, 0 },
    { "n_structure_formfeed_behind", T("[]\f"), EXTRA, 2 },
    { "n_structure_spaces_then_control", T("        \x01" "1"), NO_OBJECT,
      8 },
    { "n_structure_two_values", T("1 2"), EXTRA, 2 },
    { "n_structure_two_strings", T("\"\"\"\""), EXTRA, 2 },
    { "n_structure_comma_behind", T("{},"), EXTRA, 2 },
    { "n_structure_comment_in_front", T("/**/{}"), NO_OBJECT, 0 },
    { "n_structure_comment_line", T("{}//"), EXTRA, 2 },
    { "n_structure_infinite_literal_tail", T("nullx"), EXTRA, 4 },
    { "n_structure_apostrophes", T("'a'"), NO_OBJECT, 0 },
    { "n_structure_undefined", T("undefined"), NO_OBJECT, 0 },
    { "n_incomplete_true", T("[tru]"), NO_VALUE, 1 },
    { "n_incomplete_false", T("[fals]"), NO_VALUE, 1 },
    { "n_incomplete_null", T("[nul]"), NO_VALUE, 1 },
    { "n_incomplete_true_alone", T("tru"), NO_OBJECT, 0 },
    { "n_literal_upper_case", T("[NULL]"), NO_VALUE, 1 },
    { "n_literal_mixed_case", T("[fAlse]"), NO_VALUE, 1 },

    /* arrays */

    { "n_array_1_true_without_comma", T("[1 true]"), NO_COMMA, 3 },
    { "n_array_a_invalid_utf8", T("[a\xe5]"), NO_VALUE, 1 },
    { "n_array_colon_instead_of_comma", T("[\"\": 1]"), NO_COMMA, 3 },
    { "n_array_comma_after_close", T("[\"\"],"), EXTRA, 4 },
    { "n_array_comma_and_number", T("[,1]"), NO_VALUE, 1 },
    { "n_array_double_comma", T("[1,,2]"), NO_VALUE, 3 },
    { "n_array_double_extra_comma", T("[\"x\",,]"), NO_VALUE, 5 },
    { "n_array_extra_close", T("[\"x\"]]"), EXTRA, 5 },
    { "n_array_extra_comma", T("[\"\",]"), NO_VALUE, 4 },
    { "n_array_incomplete", T("[\"x\""), NO_COMMA, 4 },
    { "n_array_incomplete_invalid_value", T("[x"), NO_VALUE, 1 },
    { "n_array_inner_array_no_comma", T("[3[4]]"), NO_COMMA, 2 },
    { "n_array_invalid_utf8", T("[\xff]"), NO_VALUE, 1 },
    { "n_array_items_separated_by_semicolon", T("[1:2]"), NO_COMMA, 2 },
    { "n_array_just_comma", T("[,]"), NO_VALUE, 1 },
    { "n_array_just_minus", T("[-]"), NO_VALUE, 1 },
    { "n_array_missing_value", T("[   , \"\"]"), NO_VALUE, 4 },
    { "n_array_newlines_unclosed", T("[\"a\",\n4\n,1,"), NO_VALUE, 11 },
    { "n_array_number_and_comma", T("[1,]"), NO_VALUE, 3 },
    { "n_array_number_and_several_commas", T("[1,,]"), NO_VALUE, 3 },
    { "n_array_spaces_vertical_tab_formfeed", T("[\"\va\"\\f]"), CONTROL,
      2 },
    { "n_array_star_inside", T("[*]"), NO_VALUE, 1 },
    { "n_array_unclosed", T("[\"\""), NO_COMMA, 3 },
    { "n_array_unclosed_trailing_comma", T("[1,"), NO_VALUE, 3 },
    { "n_array_unclosed_with_new_lines", T("[1,\n1\n,1"), NO_COMMA, 8 },
    { "n_array_unclosed_with_object_inside", T("[{}"), NO_COMMA, 3 },
    { "n_array_closed_by_brace", T("[1}"), NO_COMMA, 2 },
    { "n_array_member_inside", T("[\"a\":1]"), NO_COMMA, 4 },

    /* objects */

    { "n_object_bad_value", T("[\"x\", truth]"), NO_VALUE, 6 },
    { "n_object_bracket_key", T("{[: \"x\"}"), NO_NAME, 1 },
    { "n_object_comma_instead_of_colon", T("{\"x\", null}"), NO_COLON, 4 },
    { "n_object_double_colon", T("{\"x\"::\"b\"}"), NO_VALUE, 5 },
    { "n_object_emoji", T("{\xf0\x9f\x87\xa8\xf0\x9f\x87\xad}"), NO_NAME,
      1 },
    { "n_object_garbage_at_end", T("{\"a\":\"a\" 123}"), NO_COMMA, 9 },
    { "n_object_key_with_single_quotes", T("{key: 'value'}"), NO_NAME, 1 },
    { "n_object_invalid_utf8_key", T("{\"\xb9\":\"0\",}"), UTF8, 2 },
    { "n_object_missing_colon", T("{\"a\" b}"), NO_COLON, 5 },
    { "n_object_missing_key", T("{:\"b\"}"), NO_NAME, 1 },
    { "n_object_missing_semicolon", T("{\"a\" \"b\"}"), NO_COLON, 5 },
    { "n_object_missing_value", T("{\"a\":"), NO_VALUE, 5 },
    { "n_object_missing_value_closed", T("{\"a\":}"), NO_VALUE, 5 },
    { "n_object_no-colon", T("{\"a\""), NO_COLON, 4 },
    { "n_object_no-colon_closed", T("{\"a\"}"), NO_COLON, 4 },
    { "n_object_non_string_key", T("{1:1}"), NO_NAME, 1 },
    { "n_object_null_key", T("{null:null}"), NO_NAME, 1 },
    { "n_object_several_trailing_commas", T("{\"id\":0,,,}"), NO_NAME, 8 },
    { "n_object_single_quote", T("{'a':0}"), NO_NAME, 1 },
    { "n_object_trailing_comma", T("{\"id\":0,}"), NO_NAME, 8 },
    { "n_object_trailing_comment", T("{\"a\":\"b\"}/**/"), EXTRA, 9 },
    { "n_object_trailing_comment_open", T("{\"a\":\"b\"}/**//"), EXTRA, 9 },
    { "n_object_two_commas_in_a_row", T("{\"a\":\"b\",,\"c\":\"d\"}"),
      NO_NAME, 9 },
    { "n_object_unquoted_key", T("{a: \"b\"}"), NO_NAME, 1 },
    { "n_object_unterminated-value", T("{\"a\":\"a"), UNTERM, 5 },
    { "n_object_with_single_string", T("{ \"foo\" : \"bar\", \"a\" }"),
      NO_COLON, 21 },
    { "n_object_closed_by_bracket", T("{\"a\":1]"), NO_COMMA, 6 },
    { "n_object_equals_sign", T("{\"a\"=1}"), NO_COLON, 4 },
    { "n_object_array_key", T("{[1]:1}"), NO_NAME, 1 },

    /* names that come twice */

    { "n_duplicate_key", T("{\"a\":\"b\",\"a\":\"c\"}"), DUPLICATE, 9 },
    { "n_duplicate_key_and_value", T("{\"a\":\"b\",\"a\":\"b\"}"),
      DUPLICATE, 9 },
    { "n_duplicate_empty", T("{\"\":1,\"\":2}"), DUPLICATE, 6 },
    { "n_duplicate_escaped", T("{\"a\":1,\"\\u0061\":2}"), DUPLICATE, 7 },
    { "n_duplicate_escaped_first", T("{\"\\u0061\":1,\"a\":2}"), DUPLICATE,
      12 },
    { "n_duplicate_escaped_both", T("{\"\\/\":1,\"\\u002f\":2}"),
      DUPLICATE, 8 },
    { "n_duplicate_escaped_pair",
      T("{\"\xf0\x90\x90\xb7\":1,\"\\ud801\\udc37\":2}"), DUPLICATE, 10 },
    { "n_duplicate_later", T("{\"a\":1,\"b\":2,\"c\":3,\"b\":4}"),
      DUPLICATE, 19 },
    { "n_duplicate_deep", T("[{\"x\":{\"a\":1,\"a\":2}}]"), DUPLICATE, 13 },
    { "n_duplicate_before_bad_value", T("{\"a\":1,\"a\":x}"), DUPLICATE,
      7 },

    /* numbers */

    { "n_number_++", T("[++1234]"), NO_VALUE, 1 },
    { "n_number_+1", T("[+1]"), NO_VALUE, 1 },
    { "n_number_+Inf", T("[+Inf]"), NO_VALUE, 1 },
    { "n_number_-01", T("[-01]"), NO_COMMA, 3 },
    { "n_number_-1.0.", T("[-1.0.]"), NO_COMMA, 5 },
    { "n_number_-2.", T("[-2.]"), NO_COMMA, 3 },
    { "n_number_-NaN", T("[-NaN]"), NO_VALUE, 1 },
    { "n_number_.-1", T("[.-1]"), NO_VALUE, 1 },
    { "n_number_.2e-3", T("[.2e-3]"), NO_VALUE, 1 },
    { "n_number_0.1.2", T("[0.1.2]"), NO_COMMA, 4 },
    { "n_number_0.3e", T("[0.3e]"), NO_COMMA, 4 },
    { "n_number_0.3e+", T("[0.3e+]"), NO_COMMA, 4 },
    { "n_number_0.e1", T("[0.e1]"), NO_COMMA, 2 },
    { "n_number_0_capital_E", T("[0E]"), NO_COMMA, 2 },
    { "n_number_0_capital_E+", T("[0E+]"), NO_COMMA, 2 },
    { "n_number_0e", T("[0e]"), NO_COMMA, 2 },
    { "n_number_0e+", T("[0e+]"), NO_COMMA, 2 },
    { "n_number_1.0e", T("[1.0e]"), NO_COMMA, 4 },
    { "n_number_1.0e+", T("[1.0e+]"), NO_COMMA, 4 },
    { "n_number_1.0e-", T("[1.0e-]"), NO_COMMA, 4 },
    { "n_number_1_000", T("[1 000.0]"), NO_COMMA, 3 },
    { "n_number_underscore", T("[1_000]"), NO_COMMA, 2 },
    { "n_number_1eE2", T("[1eE2]"), NO_COMMA, 2 },
    { "n_number_2.e+3", T("[2.e+3]"), NO_COMMA, 2 },
    { "n_number_2.e-3", T("[2.e-3]"), NO_COMMA, 2 },
    { "n_number_2.e3", T("[2.e3]"), NO_COMMA, 2 },
    { "n_number_9.e+", T("[9.e+]"), NO_COMMA, 2 },
    { "n_number_expression", T("[1+2]"), NO_COMMA, 2 },
    { "n_number_hex_1_digit", T("[0x1]"), NO_COMMA, 2 },
    { "n_number_hex_2_digits", T("[0x42]"), NO_COMMA, 2 },
    { "n_number_Inf", T("[Inf]"), NO_VALUE, 1 },
    { "n_number_infinity", T("[Infinity]"), NO_VALUE, 1 },
    { "n_number_invalid+-", T("[0e+-1]"), NO_COMMA, 2 },
    { "n_number_invalid-negative-real", T("[-123.123foo]"), NO_COMMA, 9 },
    { "n_number_invalid-utf-8-in-bigger-int", T("[123\xe5]"), NO_COMMA, 4 },
    { "n_number_invalid-utf-8-in-exponent", T("[1e1\xe5]"), NO_COMMA, 4 },
    { "n_number_invalid-utf-8-in-int", T("[0\xe5]"), NO_COMMA, 2 },
    { "n_number_minus_infinity", T("[-Infinity]"), NO_VALUE, 1 },
    { "n_number_minus_sign_with_trailing_garbage", T("[-foo]"), NO_VALUE,
      1 },
    { "n_number_minus_space_1", T("[- 1]"), NO_VALUE, 1 },
    { "n_number_minus_alone", T("-"), NO_OBJECT, 0 },
    { "n_number_double_minus", T("[--1]"), NO_VALUE, 1 },
    { "n_number_NaN", T("[NaN]"), NO_VALUE, 1 },
    { "n_number_NaN_alone", T("NaN"), NO_OBJECT, 0 },
    { "n_number_neg_int_starting_with_zero", T("[-012]"), NO_COMMA, 3 },
    { "n_number_neg_real_without_int_part", T("[-.123]"), NO_VALUE, 1 },
    { "n_number_neg_with_garbage_at_end", T("[-1x]"), NO_COMMA, 3 },
    { "n_number_real_garbage_after_e", T("[1ea]"), NO_COMMA, 2 },
    { "n_number_real_with_invalid_utf8_after_e", T("[1e\xe5]"), NO_COMMA,
      2 },
    { "n_number_real_without_fractional_part", T("[1.]"), NO_COMMA, 2 },
    { "n_number_starting_with_dot", T("[.123]"), NO_VALUE, 1 },
    { "n_number_U+FF11_fullwidth_digit_one", T("[\xef\xbc\x91]"), NO_VALUE,
      1 },
    { "n_number_with_alpha", T("[1.2a-3]"), NO_COMMA, 4 },
    { "n_number_with_alpha_char", T("[1.8011670033376514H-308]"), DIGITS,
      1 },
    { "n_number_with_leading_zero", T("[012]"), NO_COMMA, 2 },
    { "n_number_leading_zeros_alone", T("00"), EXTRA, 1 },
    { "n_number_comma_as_point", T("{\"a\":1,5}"), NO_NAME, 7 },
    { "n_number_exp_with_point", T("[1e1.5]"), NO_COMMA, 4 },
    { "n_number_cut_at_point", T("1."), EXTRA, 1 },
    { "n_number_cut_at_e", T("1e"), EXTRA, 1 },
    { "n_number_cut_at_sign", T("1e-"), EXTRA, 1 },

    /* numbers that are JSON, but do not fit */

    { "n_digits_16", T("[1234567890123456]"), DIGITS, 1 },
    { "n_digits_16_negative", T("[-1234567890123456]"), DIGITS, 1 },
    { "n_digits_16_point", T("[1.234567890123456]"), DIGITS, 1 },
    { "n_digits_16_small", T("[0.001234567890123456]"), DIGITS, 1 },
    { "n_digits_16_exp", T("[1234567890123456e-3]"), DIGITS, 1 },
    { "n_digits_16_zeros_inside", T("[1000000000000001]"), DIGITS, 1 },
    { "n_digits_16_zeros_inside_point", T("[1.000000000000001]"), DIGITS,
      1 },
    { "n_digits_17_zeros_behind", T("[123456789012345670000]"), DIGITS, 1 },
    { "n_digits_hidden_part_of_0.1", T("[0.1000000000000000055]"), DIGITS,
      1 },
    { "n_digits_pi", T("[3.14159265358979323846264338327950288]"), DIGITS,
      1 },
    { "n_digits_and_range", T("[1234567890123456e400]"), DIGITS, 1 },
    { "n_digits_at_depth", T("{\"a\":[{\"b\":1234567890123456}]}"), DIGITS,
      11 },
    { "n_range_1e400", T("[1e400]"), RANGE, 1 },
    { "n_range_-1e400", T("[-1e400]"), RANGE, 1 },
    { "n_range_1e309", T("[1e309]"), RANGE, 1 },
    { "n_range_rounds_up", T("[1.79769313486232e308]"), RANGE, 1 },
    { "n_range_2e308", T("[2E+308]"), RANGE, 1 },
    { "n_range_0.4e00669999999999999999999",
      T("[0.4e00669999999999999999999999999999999999999999999999999]"),
      RANGE, 1 },
    { "n_range_1e-400", T("[1e-400]"), RANGE, 1 },
    { "n_range_huge_negative_exp",
      T("[123.456e-789999999999999999999999999999999999]"), RANGE, 1 },
    { "n_range_rounds_down", T("[2.47032822920623e-324]"), RANGE, 1 },
    { "n_range_1e-325", T("[1e-325]"), RANGE, 1 },

    /* strings */

    { "n_string_1_surrogate_then_escape", T("[\"\\uD800\\\"]"), SURROGATE,
      2 },
    { "n_string_1_surrogate_then_escape_u", T("[\"\\uD800\\u\"]"),
      SURROGATE, 2 },
    { "n_string_1_surrogate_then_escape_u1", T("[\"\\uD800\\u1\"]"),
      SURROGATE, 2 },
    { "n_string_1_surrogate_then_escape_u1x", T("[\"\\uD800\\u1x\"]"),
      SURROGATE, 2 },
    { "n_string_surrogate_high_alone", T("[\"\\uDADA\"]"), SURROGATE, 2 },
    { "n_string_surrogate_low_alone", T("[\"\\uDC00\"]"), SURROGATE, 2 },
    { "n_string_surrogate_last_low_alone", T("[\"\\udfff\"]"), SURROGATE,
      2 },
    { "n_string_surrogates_swapped", T("[\"\\uDd1e\\uD834\"]"), SURROGATE,
      2 },
    { "n_string_surrogate_two_high", T("[\"\\uD800\\uD800\\n\"]"),
      SURROGATE, 2 },
    { "n_string_surrogate_then_letter", T("[\"\\uD888\\u1234\"]"),
      SURROGATE, 2 },
    { "n_string_surrogate_then_text", T("[\"\\ud800abc\"]"), SURROGATE, 2 },
    { "n_string_surrogate_in_name", T("{\"\\uDFAA\":0}"), SURROGATE, 2 },
    { "n_string_accentuated_char_no_quotes", T("[\xc3\xa9]"), NO_VALUE, 1 },
    { "n_string_backslash_00", T("[\"\\\0\"]"), ESCAPE, 2 },
    { "n_string_escape_x", T("[\"\\x00\"]"), ESCAPE, 2 },
    { "n_string_escaped_backslash_bad", T("[\"\\\\\\\"]"), UNTERM, 1 },
    { "n_string_escaped_ctrl_char_tab", T("[\"\\\t\"]"), ESCAPE, 2 },
    { "n_string_escaped_emoji", T("[\"\\\xf0\x9f\x8c\x80\"]"), ESCAPE, 2 },
    { "n_string_incomplete_escape", T("[\"\\\"]"), UNTERM, 1 },
    { "n_string_incomplete_escaped_character", T("[\"\\u00A\"]"), UESCAPE,
      2 },
    { "n_string_incomplete_surrogate", T("[\"\\uD834\\uDd\"]"), SURROGATE,
      2 },
    { "n_string_invalid-utf-8-in-escape", T("[\"\\u\xe5\"]"), UESCAPE, 2 },
    { "n_string_invalid_backslash_esc", T("[\"\\a\"]"), ESCAPE, 2 },
    { "n_string_invalid_unicode_escape", T("[\"\\uqqqq\"]"), UESCAPE, 2 },
    { "n_string_unicode_escape_sign", T("[\"\\u+123\"]"), UESCAPE, 2 },
    { "n_string_unicode_escape_space", T("[\"\\u 123\"]"), UESCAPE, 2 },
    { "n_string_unicode_escape_0x", T("[\"\\u0x12\"]"), UESCAPE, 2 },
    { "n_string_unicode_CapitalU", T("\"\\UA66D\""), ESCAPE, 1 },
    { "n_string_unicode_escape_cut", T("\"\\u00"), UESCAPE, 1 },
    { "n_string_invalid_utf8_after_escape", T("[\"\\\xe5\"]"), ESCAPE, 2 },
    { "n_string_leading_uescaped_thinspace", T("[\\u0020\"asd\"]"),
      NO_VALUE, 1 },
    { "n_string_no_quotes_with_bad_escape", T("[\\n]"), NO_VALUE, 1 },
    { "n_string_single_doublequote", T("\""), UNTERM, 0 },
    { "n_string_single_quote", T("['single quote']"), NO_VALUE, 1 },
    { "n_string_single_string_no_double_quotes", T("abc"), NO_OBJECT, 0 },
    { "n_string_start_escape_unclosed", T("[\"\\"), UNTERM, 1 },
    { "n_string_unescaped_newline", T("[\"new\nline\"]"), CONTROL, 5 },
    { "n_string_unescaped_tab", T("[\"\t\"]"), CONTROL, 2 },
    { "n_string_unescaped_ctrl_char", T("[\"a\0a\"]"), CONTROL, 3 },
    { "n_string_unescaped_1f", T("[\"12345678\x1f\"]"), CONTROL, 10 },
    { "n_string_control_after_escape", T("[\"\\n\r\"]"), CONTROL, 4 },
    { "n_string_control_in_name", T("{\"a\x02\":1}"), CONTROL, 3 },
    { "n_string_with_trailing_garbage", T("\"\"x"), EXTRA, 2 },
    { "n_string_nul_escape", T("[\"\\u0000\"]"), NUL, 2 },
    { "n_string_nul_escape_in_name", T("{\"a\\u0000b\":1}"), NUL, 3 },
    { "n_string_unclosed_after_escape", T("\"a\\n"), UNTERM, 0 },
    { "n_string_unclosed_name", T("{\"a\\\":1}"), UNTERM, 1 },
    { "n_string_unclosed_second", T("[\"a\",\"b]"), UNTERM, 5 },

    /* what is not UTF-8 */

    { "n_utf8_lone_continuation", T("[\"\x81\"]"), UTF8, 2 },
    { "n_utf8_lone_lead_2", T("[\"\xc3\"]"), UTF8, 2 },
    { "n_utf8_lone_lead_3", T("[\"\xe2\"]"), UTF8, 2 },
    { "n_utf8_lone_lead_4", T("[\"\xf0\"]"), UTF8, 2 },
    { "n_utf8_cut_3", T("[\"\xe2\x82\"]"), UTF8, 2 },
    { "n_utf8_cut_4", T("[\"\xf0\x9d\x84\"]"), UTF8, 2 },
    { "n_utf8_lead_then_ascii", T("[\"\xc3(\"]"), UTF8, 2 },
    { "n_utf8_overlong_2", T("[\"\xc0\xaf\"]"), UTF8, 2 },
    { "n_utf8_overlong_2_last", T("[\"\xc1\xbf\"]"), UTF8, 2 },
    { "n_utf8_overlong_3", T("[\"\xe0\x80\xaf\"]"), UTF8, 2 },
    { "n_utf8_overlong_3_last", T("[\"\xe0\x9f\xbf\"]"), UTF8, 2 },
    { "n_utf8_overlong_4", T("[\"\xf0\x80\x80\xaf\"]"), UTF8, 2 },
    { "n_utf8_overlong_4_last", T("[\"\xf0\x8f\xbf\xbf\"]"), UTF8, 2 },
    { "n_utf8_overlong_6", T("[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"), UTF8, 2 },
    { "n_utf8_surrogate_first", T("[\"\xed\xa0\x80\"]"), UTF8, 2 },
    { "n_utf8_surrogate_last", T("[\"\xed\xbf\xbf\"]"), UTF8, 2 },
    { "n_utf8_above_10ffff", T("[\"\xf4\x90\x80\x80\"]"), UTF8, 2 },
    { "n_utf8_f5", T("[\"\xf5\x80\x80\x80\"]"), UTF8, 2 },
    { "n_utf8_fe", T("[\"\xfe\"]"), UTF8, 2 },
    { "n_utf8_ff", T("[\"\xff\"]"), UTF8, 2 },
    { "n_utf8_iso_latin_1", T("[\"caf\xe9\"]"), UTF8, 5 },
    { "n_utf8_after_escape", T("[\"\\n\xff\"]"), UTF8, 4 },
    { "n_utf8_after_cyrillic",
      T("\"\xd0\x9a\xd0\xb8\xd1\x97\xd0\xb2\xd0\""), UTF8, 9 },
    { "n_utf8_cyrillic_lead_twice",
      T("\"\xd0\x9a\xd0\xd0\xd1\x97\xd0\xb2\xd0\xb2\""), UTF8, 3 },
    { "n_utf8_cut_at_end", T("\"\xd0\x9a\xd0"), UTF8, 3 },
    { "n_utf8_cut_at_end_4", T("\"\xf0\x9d\x84"), UTF8, 1 },
    { "n_utf8_in_eight_bytes", T("\"abc\x80" "defgh\""), UTF8, 4 },
    { "n_utf8_eight_leads", T("\"\xd0\xd0\xd0\xd0\xd0\xd0\xd0\xd0\""),
      UTF8, 1 }
};


static const place_t  places[] = {
    { T("{\"data\": }"), "Expecting object: line 1 column 10 (char 9)" },
    { T("{"), "Expecting property name enclosed in double quotes: "
      "line 1 column 2 (char 1)" },
    { T("x"), "No JSON object could be decoded" },
    { T(""), "No JSON object could be decoded" },
    { T("{\"data\":{}} x"),
      "Extra data: line 1 column 13 - line 1 column 14 (char 12 - 13)" },
    { T("1\n2\n3"),
      "Extra data: line 2 column 1 - line 3 column 2 (char 2 - 5)" },
    { T("{\n    \"a\": 1,\n    \"b\": ?\n}"),
      "Expecting object: line 3 column 10 (char 23)" },
    { T("{\"a\": 1\n\"b\": 2}"),
      "Expecting , delimiter: line 2 column 1 (char 8)" },
    { T("[\n\n\n"), "Expecting object: line 4 column 1 (char 4)" },
    { T("[\r\n1 1]"), "Expecting , delimiter: line 2 column 3 (char 5)" },
    { T("\n \"abc"),
      "Unterminated string starting at: line 2 column 2 (char 2)" },
    { T("[\"\n\"]"),
      "Invalid control character at: line 1 column 3 (char 2)" },
    { T("[\"Київ\", x]"), "Expecting object: line 1 column 14 (char 13)" },
    { T("{\"a\":1,\n\"a\":2}"),
      "Duplicate member: line 2 column 1 (char 8)" },
    { T("\xef\xbb\xbf{}"), "Byte order mark: line 1 column 1 (char 0)" },
    { T("[\"\\q\"]"), "Invalid \\escape: line 1 column 3 (char 2)" }
};


static tender_arena_t       *arena;
static tender_json_error_t   err;


int
main(void)
{
    size_t  i;

    arena = tender_arena_create();

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        test_good(&good[i]);
    }

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        test_prefixes(&good[i]);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        test_bad(&bad[i]);
    }

    test_places();
    test_depth();
    test_members();
    test_spans();
    test_number_edges();
    test_long_strings();
    test_memory();

    tender_arena_free(arena);

    return done_testing();
}


/*
 * From a block of the very size, so that a sanitizer sees a byte too far.
 * The block lives as long as the arena.
 */

static int
read_copy(const char *text, size_t len, tender_value_t **value)
{
    u_char        *copy;
    tender_mem_t   mem;

    copy = tender_arena_alloc(arena, len);
    memcpy(copy, text, len);

    tender_mem_init(&mem, tender_arena_alloc, arena);

    *value = NULL;
    memset(&err, 0xff, sizeof(tender_json_error_t));

    return tender_json_read(&mem, copy, len, value, &err);
}


static void
test_good(const good_t *c)
{
    int              rc;
    tender_mem_t     mem;
    tender_str_t     text;
    tender_value_t  *v;

    rc = read_copy(c->text, c->len, &v);

    if (!is_int(rc, TENDER_OK, "%s is read", c->name)) {
        diag("%s at %zu", err.text, err.offset);
        tender_arena_reset(arena);
        return;
    }

    tender_mem_init(&mem, tender_arena_alloc, arena);

    (void) tender_json_text(&mem, v, 0, &text);
    is_str(text, c->written ? c->written : c->text, "%s is written",
           c->name);

    tender_arena_reset(arena);
}


/* a text that is cut short is refused, except where it is a number */

static void
test_prefixes(const good_t *c)
{
    size_t           len;
    unsigned         refused, read;
    tender_value_t  *v;

    refused = 0;
    read = 0;

    for (len = 0; len < c->len; len++) {

        if (read_copy(c->text, len, &v) == TENDER_DECLINED) {
            refused++;

        } else if (v != NULL && (v->type == TENDER_NUMBER
                                 || c->text[c->len - 1] <= ' '))
        {
            read++;
        }
    }

    is_int(refused + read, (int64_t) c->len, "%s cut short", c->name);

    tender_arena_reset(arena);
}


static void
test_bad(const bad_t *c)
{
    int              rc;
    tender_value_t  *v;

    rc = read_copy(c->text, c->len, &v);

    if (is_int(rc, TENDER_DECLINED, "%s is refused", c->name)) {
        ok(strcmp(err.text, c->why) == 0 && err.offset == c->offset,
           "%s: %s at %zu", c->name, c->why, c->offset);

        if (strcmp(err.text, c->why) != 0 || err.offset != c->offset) {
            diag("got %s at %zu", err.text, err.offset);
        }
    }

    tender_arena_reset(arena);
}


static void
test_places(void)
{
    size_t           i, size;
    u_char           buf[160];
    tender_str_t     text;
    tender_value_t  *v;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        (void) read_copy(places[i].text, places[i].len, &v);

        text.data = buf;
        text.len = tender_json_error_text(&err, buf, sizeof(buf));

        is_str(text, places[i].shown, "place %zu", i);
        tender_arena_reset(arena);
    }

    (void) read_copy("[1 2]", 5, &v);

    text.data = buf;

    for (size = 0; size < 48; size++) {
        memset(buf, '#', sizeof(buf));
        text.len = tender_json_error_text(&err, buf, size);

        if (text.len != (size < 47 ? size : 47) || buf[text.len] != '#') {
            break;
        }
    }

    is_int((int64_t) size, 48, "an error text is cut to any size");

    tender_arena_reset(arena);
}


static void
test_depth(void)
{
    int              rc;
    char             text[6 * (TENDER_JSON_MAX_DEPTH + 1)];
    size_t           i, n;
    tender_value_t  *v;

    for (n = TENDER_JSON_MAX_DEPTH; n < TENDER_JSON_MAX_DEPTH + 2; n++) {
        memset(text, '[', n);
        memset(text + n, ']', n);

        rc = read_copy(text, 2 * n, &v);

        is_int(rc, n == TENDER_JSON_MAX_DEPTH ? TENDER_OK : TENDER_DECLINED,
               "%zu arrays in each other", n);
    }

    is_int((int64_t) err.offset, TENDER_JSON_MAX_DEPTH,
           "the array too many is the place");
    ok(strcmp(err.text, "Nesting too deep") == 0, "and depth the reason");

    for (n = TENDER_JSON_MAX_DEPTH; n < TENDER_JSON_MAX_DEPTH + 2; n++) {

        for (i = 0; i < n; i++) {
            memcpy(text + i * 5, "{\"a\":", 5);
        }

        text[n * 5 - 1] = '}';
        text[n * 5 - 4] = '}';
        memset(text + n * 5 - 4, '}', n);

        rc = read_copy(text, n * 5 - 4 + n, &v);

        is_int(rc, n == TENDER_JSON_MAX_DEPTH ? TENDER_OK : TENDER_DECLINED,
               "%zu objects in each other", n);
    }

    is_int((int64_t) err.offset, 5 * TENDER_JSON_MAX_DEPTH,
           "the object too many is the place");

    memset(text, '[', sizeof(text));
    rc = read_copy(text, sizeof(text), &v);
    is_int(rc, TENDER_DECLINED, "arrays that are never closed");

    n = 0;
    text[n++] = '[';

    for (i = 0; i < 100; i++) {
        text[n++] = '[';
        text[n++] = ']';
        text[n++] = ',';
    }

    text[n - 1] = ']';

    is_int(read_copy(text, n, &v), TENDER_OK,
           "depth counts what is open, not what was");

    tender_arena_reset(arena);
}


/* an object with members k0, k1, ..., the last one named last */

static size_t
make_members(char *text, unsigned n, const char *last)
{
    char      *p;
    unsigned   i;

    p = text;
    *p++ = '{';

    for (i = 0; i < n - 1; i++) {
        p += sprintf(p, "\"k%u\":%u,", i, i);
    }

    p += sprintf(p, "\"%s\":0}", last);

    return (size_t) (p - text);
}


static void
test_members(void)
{
    int              rc;
    size_t           i, len;
    unsigned         n;
    tender_str_t     name;
    tender_value_t  *v;

    static char            text[32768];
    static const unsigned  sizes[] = { 2, 15, 16, 17, 18, 33, 100, 1000 };

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        n = sizes[i];

        len = make_members(text, n, "last");
        rc = read_copy(text, len, &v);

        is_int(rc, TENDER_OK, "%u members", n);
        is_int(v ? v->nelts : 0, n, "and all of them are there");

        len = make_members(text, n, "k0");
        is_int(read_copy(text, len, &v), TENDER_DECLINED,
               "%u members, the last is the first", n);
        ok(strcmp(err.text, DUPLICATE) == 0, "%s", DUPLICATE);

        len = make_members(text, n, "\\u006b0");
        is_int(read_copy(text, len, &v), TENDER_DECLINED,
               "%u members, the last is the first, escaped", n);

        len = make_members(text, n, "k");
        is_int(read_copy(text, len, &v), TENDER_OK,
               "%u members, the last begins like the others", n);

        if (n > 2) {
            len = make_members(text, n, "k1");
            is_int(read_copy(text, len, &v), TENDER_DECLINED,
                   "%u members, the last is the second", n);

            len = make_members(text, n, "");
            is_int(read_copy(text, len, &v), TENDER_OK,
                   "%u members, the last has no name", n);
        }

        tender_arena_reset(arena);
    }

    /* each of 1000 names once more */

    rc = 0;

    for (n = 0; n < 999; n++) {
        char  last[16];

        sprintf(last, "k%u", n);
        len = make_members(text, 1000, last);
        rc += (read_copy(text, len, &v) == TENDER_DECLINED);
        tender_arena_reset(arena);
    }

    is_int(rc, 999, "each of 999 names is found again");

    len = make_members(text, 1001, "last");
    is_int(read_copy(text, len, &v), TENDER_DECLINED, "1001 members");
    ok(strcmp(err.text, "Too many members") == 0, "are too many");
    is_int((int64_t) err.offset, (int64_t) len - 9, "the last is the place");

    len = make_members(text, 1000, "last");
    (void) read_copy(text, len, &v);

    name = tap_str("k500");
    ok(v != NULL && tender_value_get(v, &name) != NULL
       && tender_value_get(v, &name)->u.text.len == 3, "k500 is found");

    /* names that are all prefixes of the next: the deepest tree */

    text[0] = '{';

    for (n = 0, len = 1; n < 200; n++) {
        text[len++] = '"';
        memset(text + len, 'a', n);
        len += n;
        memcpy(text + len, "\":0,", 4);
        len += 4;
    }

    text[len - 1] = '}';

    is_int(read_copy(text, len, &v), TENDER_OK, "200 names in each other");

    memcpy(text + len - 1, ",\"aaaaaaa\":0}", 13);

    is_int(read_copy(text, len + 12, &v), TENDER_DECLINED,
           "one of them again");

    tender_arena_reset(arena);
}


static void
test_spans(void)
{
    tender_mem_t     mem;
    tender_value_t  *v, *m;

    static const u_char  text[] =
        "{\"a\":\"plain\",\"\\u0062\":\"\\u0061\",\"c\":1.50,\"d\":[]}";

    tender_mem_init(&mem, tender_arena_alloc, arena);

    is_int(tender_json_read(&mem, NULL, 0, &v, &err), TENDER_DECLINED,
           "no text at all");
    is_int((int64_t) err.offset, 0, "at its start");

    is_int(tender_json_read(&mem, text, sizeof(text) - 1, &v, &err),
           TENDER_OK, "a text for spans");

    m = v->u.list.first;
    ok(m->u.text.data == text + 6, "a string is a span of the text");
    ok(m->name.data == text + 2, "so is its name");
    ok(m->plain && m->name_plain, "both are known to be plain");

    m = m->next;
    is_str(m->name, "b", "an escaped name is decoded");
    is_str(m->u.text, "a", "so is an escaped string");
    ok(!m->plain && !m->name_plain, "neither is known to be plain");

    m = m->next;
    is_str(m->u.text, "1.50", "a number keeps its text");
    ok(m->type == TENDER_NUMBER && m->u.text.data == text + 35,
       "as a span");

    m = m->next;
    ok(m->type == TENDER_ARRAY && m->nelts == 0 && m->u.list.first == NULL
       && m->u.list.last == NULL, "an empty array");
    ok(m->next == NULL && v->u.list.last == m, "the last of four");
    is_int(v->nelts, 4, "four");
    ok(v->next == NULL && v->name.len == 0, "the root has no name");

    tender_arena_reset(arena);
}


/* the borders of 15 digits and of a double, beside strtod() */

static void
test_number_edges(void)
{
    int              rc, exponent;
    char             text[64], *end;
    double           d;
    size_t           n;
    unsigned         i, wrong;
    tender_value_t  *v;

    static const char  *lead[] = {
        "1", "9", "1.79769313486231", "1.79769313486232", "2.4703282292062",
        "2.47032822920623", "2.47032822920624", "0.000012345", "99999",
        "0.999999999999999", "999999999999999", "1000000"
    };

    wrong = 0;

    for (i = 0; i < sizeof(lead) / sizeof(lead[0]); i++) {

        for (exponent = -345; exponent <= 320; exponent++) {
            n = (size_t) sprintf(text, "%se%d", lead[i], exponent);
            d = strtod(text, &end);

            rc = (d > 0 && d <= 1.7976931348623157e308) ? TENDER_OK
                                                        : TENDER_DECLINED;

            if (read_copy(text, n, &v) != rc) {
                diag("%s", text);
                wrong++;
            }
        }

        tender_arena_reset(arena);
    }

    is_int(wrong, 0, "the range is that of a double, at %u exponents",
           i * 666);

    /* 1 with 30 to 400 zeros, on either side of the point */

    wrong = 0;

    for (n = 30; n < 400; n++) {
        char  digits[512];

        memset(digits, '0', sizeof(digits));
        digits[0] = '1';
        wrong += read_copy(digits, n, &v)
                 != (n <= 309 ? TENDER_OK : TENDER_DECLINED);

        memset(digits, '0', sizeof(digits));
        digits[1] = '.';
        digits[n] = '1';
        wrong += read_copy(digits, n + 1, &v)
                 != (n <= 324 ? TENDER_OK : TENDER_DECLINED);

        tender_arena_reset(arena);
    }

    is_int(wrong, 0, "one and many zeros");
}


/* each kind of stop at each place of the eight bytes looked at together */

static void
test_long_strings(void)
{
    char             text[96];
    size_t           at, len;
    unsigned         i, wrong;
    tender_value_t  *v;

    static const struct {
        const char  *piece;
        size_t       len;
        const char  *why;
    } pieces[] = {
        { T("\\n"), NULL },
        { T("\x7f"), NULL },
        { T("\xd0\x96"), NULL },
        { T("\xd0\x96\xd1\x96\xd0\x96\xd1\x96\xd0\x96"), NULL },
        { T("\xe2\x82\xac"), NULL },
        { T("\xf0\x9d\x84\x9e"), NULL },
        { T("\x1f"), CONTROL },
        { T("\n"), CONTROL },
        { T("\0"), CONTROL },
        { T("\x80"), UTF8 },
        { T("\xff"), UTF8 },
        { T("\xd0"), UTF8 },
        { T("\xe2\x82"), UTF8 },
        { T("\\!"), ESCAPE }
    };

    for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        wrong = 0;

        for (len = 1; len < 40; len++) {

            for (at = 0; at <= len; at++) {
                memset(text, '!', sizeof(text));
                text[0] = '"';
                memcpy(text + 1 + at, pieces[i].piece, pieces[i].len);
                text[1 + len + pieces[i].len] = '"';

                if (read_copy(text, len + pieces[i].len + 2, &v)
                    != (pieces[i].why ? TENDER_DECLINED : TENDER_OK))
                {
                    wrong++;

                } else if (pieces[i].why
                           && (strcmp(err.text, pieces[i].why) != 0
                               || err.offset != at + 1))
                {
                    wrong++;
                }
            }

            tender_arena_reset(arena);
        }

        is_int(wrong, 0, "piece %u at each place of a string", i);
    }
}


/* gives as many blocks as *data says */

static void *
refuse_alloc(void *data, size_t size)
{
    unsigned  *left;

    left = data;

    if (*left == 0) {
        return NULL;
    }

    (*left)--;

    return tender_arena_alloc(arena, size);
}


static void
test_memory(void)
{
    int              rc;
    size_t           len;
    unsigned         n, left, errors;
    tender_mem_t     mem;
    tender_value_t  *v;

    static char  text[32768];

    len = make_members(text, 1000, "\\u0061");

    errors = 0;

    for (n = 0; n < 10000; n++) {
        left = n;
        tender_mem_init(&mem, refuse_alloc, &left);

        rc = tender_json_read(&mem, (u_char *) text, len, &v, &err);
        tender_arena_reset(arena);

        if (rc == TENDER_OK) {
            break;
        }

        errors += (rc == TENDER_ERROR);
    }

    is_int(rc, TENDER_OK, "with enough blocks it is read");
    ok(errors > 10 && errors == n, "with fewer it is an error, each time");
}
