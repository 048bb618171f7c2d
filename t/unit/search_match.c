
/*
 * Copyright (C) ngx_tender_module contributors
 */


#include "search/tender_postings.h"
#include "model_test.h"


#define LEAVES  8
#define PLACES  4          /* of a word in a document, at most */
#define ROUNDS  4000


/* what a leaf has, document by document: how many times, and where */

typedef struct {
    unsigned         has[TENDER_SOURCE_DOCS];
    unsigned         counts[TENDER_SOURCE_DOCS];
    unsigned         places[TENDER_SOURCE_DOCS][PLACES];
} leaf_t;


static void test_numbers(void);
static void test_lebs(void);
static void test_sets(void);
static void test_trees(void);
static int random_round(unsigned round);
static tender_node_t *random_tree(unsigned depth);
static void random_leaf(leaf_t *leaf, unsigned ndocs, unsigned phrases);
static tender_postings_t encode(const leaf_t *leaf, unsigned ndocs,
    unsigned bitmap);
static int naive(const tender_node_t *node, unsigned doc);
static int naive_phrase(const tender_node_t *node, unsigned doc);
static float naive_score(const tender_node_t *node, const float *weights,
    unsigned doc);
static void test_order(void);
static void test_nodes(void);
static void test_phrases(void);
static void test_damaged(void);
static void test_scores(void);
static void test_memory(void);
static tender_node_t *node_of(tender_node_e type, tender_node_t *first,
    tender_node_t *next);
static tender_node_t *leaf_of(unsigned leaf, tender_node_t *next);
static uint64_t match_of(tender_node_t *root,
    const tender_postings_t *postings, unsigned ndocs);
static tender_postings_t array_of(tender_str_t docs, tender_str_t positions);
static unsigned next_random(void);


static leaf_t    leaves[LEAVES];
static uint64_t  state = 1;


int
main(void)
{
    test_begin();

    test_numbers();
    test_lebs();
    test_sets();
    test_order();
    test_nodes();
    test_phrases();
    test_damaged();
    test_scores();
    test_memory();
    test_trees();

    return test_end();
}


static void
test_numbers(void)
{
    u_char  buf[16];

    ok(tender_put16(buf + 1, 0xfedc) == buf + 3
       && memcmp(buf + 1, "\xdc\xfe", 2) == 0
       && tender_get16(buf + 1) == 0xfedc, "16 bits");
    ok(tender_put32(buf + 1, 0xfedcba98) == buf + 5
       && memcmp(buf + 1, "\x98\xba\xdc\xfe", 4) == 0
       && tender_get32(buf + 1) == 0xfedcba98, "32 bits");
    ok(tender_put64(buf + 1, 0xfedcba9876543210) == buf + 9
       && memcmp(buf + 1, "\x10\x32\x54\x76\x98\xba\xdc\xfe", 8) == 0
       && tender_get64(buf + 1) == 0xfedcba9876543210, "64 bits");
}


static void
test_lebs(void)
{
    size_t         i, len;
    u_char         buf[8];
    uint32_t       n;
    const u_char  *end;

    static const struct {
        uint32_t   n;
        unsigned   len;
    } lebs[] = {
        { 0, 1 }, { 1, 1 }, { 127, 1 }, { 128, 2 }, { 300, 2 },
        { 16383, 2 }, { 16384, 3 }, { 2097151, 3 }, { 2097152, 4 },
        { 268435455, 4 }, { 268435456, 5 }, { UINT32_MAX, 5 }
    };

    static const tender_str_t  bad[] = {
        tender_string(""),
        tender_string("\x80"),
        tender_string("\xff\xff\xff\xff"),
        tender_string("\xff\xff\xff\xff\x10"),
        tender_string("\x80\x80\x80\x80\x80"),
        tender_string("\xff\xff\xff\xff\xff\x01")
    };

    for (i = 0; i < sizeof(lebs) / sizeof(lebs[0]); i++) {
        len = (size_t) (tender_leb_write(buf, lebs[i].n) - buf);
        n = 7;
        end = tender_leb_read(buf, buf + len, &n);

        ok(len == lebs[i].len && end == buf + len && n == lebs[i].n,
           "LEB128 of %u", lebs[i].n);
        ok(tender_leb_read(buf, buf + len - 1, &n) == NULL, "cut off");
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(tender_leb_read(bad[i].data, bad[i].data + bad[i].len, &n) == NULL,
           "no LEB128: %u", (unsigned) i);
    }

    ok(tender_leb_read(NULL, NULL, &n) == NULL, "nothing at all");
}


/* sets of each size, with postings of both kinds */

static void
test_sets(void)
{
    int                 good, doc;
    uint64_t            set[4], join[4], meet[4], part[4];
    unsigned            i, k, n, count, bit, has;
    tender_docs_t       docs;
    tender_postings_t   postings;

    good = 1;

    for (n = 0; n <= 200; n++) {

        for (k = 0; k < 4; k++) {
            random_leaf(&leaves[0], n, 0);
            postings = encode(&leaves[0], n, k & 1);
            memset(set, 0, sizeof(set));

            for (i = 0, count = 0; i < n; i++) {

                if (next_random() & 1) {
                    tender_set_add(set, i);
                    count++;
                }
            }

            good &= tender_set_count(set, n) == count;

            memcpy(join, set, sizeof(set));
            memcpy(meet, set, sizeof(set));
            memcpy(part, set, sizeof(set));
            tender_set_join(join, &postings, n);
            tender_set_meet(meet, &postings, n);
            tender_set_part(part, &postings, n);
            tender_postings_begin(&docs, &postings, n);

            for (i = 0; i < 256; i++) {
                bit = tender_set_has(set, i);
                has = i < n && leaves[0].has[i];

                good &= tender_set_has(join, i) == (bit | has);
                good &= tender_set_has(meet, i) == (bit & has);
                good &= tender_set_has(part, i) == (bit & !has);

                if (has) {
                    doc = tender_postings_next(&docs);
                    good &= doc == (int) i;
                }
            }

            good &= tender_postings_next(&docs) == -1;
            good &= tender_postings_next(&docs) == -1;
        }
    }

    ok(good, "sets and postings");

    memset(set, 0xff, sizeof(set));
    is_int(tender_set_count(set, 70), 70, "bits beyond are not counted");
    tender_set_remove(set, 69);
    is_int(tender_set_count(set, 70), 69, "one is taken out");
}


/* far out of order: the same to all */

static void
test_order(void)
{
    uint64_t            set[3] = { 0, 0, 0 };
    tender_postings_t   postings;

    postings = array_of(tap_str("\x46\0\5\0\x47\0\x82\0\6\0"), tap_str(""));

    tender_set_join(set, &postings, 192);
    ok(set[0] == 0 && set[1] == 0xc0 && set[2] == 4, "joined");

    memset(set, 0xff, sizeof(set));
    tender_set_meet(set, &postings, 192);
    ok(set[0] == 0 && set[1] == 0xc0 && set[2] == 4, "met");

    memset(set, 0xff, sizeof(set));
    tender_set_part(set, &postings, 192);
    ok(set[0] == UINT64_MAX && ~set[1] == 0xc0 && ~set[2] == 4, "parted");
}


static void
test_nodes(void)
{
    tender_postings_t  postings[3];

    memset(postings, 0, sizeof(postings));
    postings[0] = array_of(tap_str("\1\0\3\0\5\0"), tap_str(""));
    postings[1].kind = TENDER_POSTINGS_BITMAP;
    postings[1].n = 3;
    postings[1].docs = tap_str("\x0e\0\0\0\0\0\0\0");

    is_int((int64_t) match_of(NULL, postings, 6), 63, "no query");
    is_int((int64_t) match_of(NULL, postings, 64), -1, "64 documents");
    is_int((int64_t) match_of(NULL, postings, 0), 0, "no document");

    is_int((int64_t) match_of(leaf_of(0, NULL), postings, 6), 42,
           "an array");
    is_int((int64_t) match_of(leaf_of(1, NULL), postings, 6), 14,
           "a bitmap");
    is_int((int64_t) match_of(leaf_of(2, NULL), postings, 6), 0,
           "no document");
    is_int((int64_t) match_of(node_of(TENDER_NODE_AND, leaf_of(0,
                leaf_of(1, NULL)), NULL), postings, 6), 10, "and");
    is_int((int64_t) match_of(node_of(TENDER_NODE_OR, leaf_of(0,
                leaf_of(1, NULL)), NULL), postings, 6), 46, "or");
    is_int((int64_t) match_of(node_of(TENDER_NODE_NOT, leaf_of(0, NULL),
                NULL), postings, 6), 21, "not an array");
    is_int((int64_t) match_of(node_of(TENDER_NODE_NOT, leaf_of(1, NULL),
                NULL), postings, 6), 49, "not a bitmap");
    is_int((int64_t) match_of(node_of(TENDER_NODE_NOT, leaf_of(2, NULL),
                NULL), postings, 6), 63, "not what is nowhere");
    is_int((int64_t) match_of(node_of(TENDER_NODE_NOT,
                node_of(TENDER_NODE_NONE, NULL, NULL), NULL), postings, 6),
           63, "not nothing");
    is_int((int64_t) match_of(node_of(TENDER_NODE_AND, NULL, NULL),
                postings, 6), 63, "and of none");
    is_int((int64_t) match_of(node_of(TENDER_NODE_OR, NULL, NULL),
                postings, 6), 0, "or of none");
    is_int((int64_t) match_of(node_of(TENDER_NODE_PHRASE, NULL, NULL),
                postings, 6), 0, "a phrase of none");
    is_int((int64_t) match_of(node_of(TENDER_NODE_PHRASE, leaf_of(0, NULL),
                NULL), postings, 6), 42, "a phrase of one word");
    is_int((int64_t) match_of(node_of(TENDER_NODE_AND,
                node_of(TENDER_NODE_NOT, leaf_of(0, NULL), leaf_of(1, NULL)),
                NULL), postings, 6), 4, "but not");
}


static void
test_phrases(void)
{
    size_t              i;
    tender_node_t      *root;
    tender_postings_t   postings[2];

    static const struct {
        tender_str_t    a;
        tender_str_t    b;
        unsigned        ab;
        unsigned        aa;
        unsigned        aba;
    } cases[] = {
        { tender_string("\1\1"), tender_string("\1\2"), 1, 0, 0 },
        { tender_string("\1\2"), tender_string("\1\1"), 0, 0, 0 },
        { tender_string("\1\1"), tender_string("\1\3"), 0, 0, 0 },
        { tender_string("\1\1"), tender_string("\1\1"), 0, 0, 0 },
        { tender_string("\2\1\1"), tender_string("\1\5"), 0, 1, 0 },
        { tender_string("\2\1\2"), tender_string("\1\2"), 1, 0, 1 },
        { tender_string("\3\1\4\2"), tender_string("\2\3\3"), 1, 0, 1 },
        { tender_string("\1\xff\xff\xff\xff\x0f"),
          tender_string("\2\xff\xff\xff\xff\x0f\1"), 1, 0, 0 },
        { tender_string("\1\xff\xff\xff\xff\x0f"), tender_string("\1\0"),
          0, 0, 0 },
        { tender_string("\0"), tender_string("\1\2"), 0, 0, 0 },
        { tender_string("\1\1"), tender_string("\0"), 0, 0, 0 },
        { tender_string("\4\1\0\0\1"), tender_string("\3\0\2\0"), 1, 1, 0 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        postings[0] = array_of(tap_str("\0\0"), cases[i].a);
        postings[1] = array_of(tap_str("\0\0"), cases[i].b);

        root = node_of(TENDER_NODE_PHRASE, leaf_of(0, leaf_of(1, NULL)),
                       NULL);
        is_int((int64_t) match_of(root, postings, 1), cases[i].ab,
               "a phrase: %u", (unsigned) i);

        root = node_of(TENDER_NODE_PHRASE, leaf_of(0, leaf_of(0, NULL)),
                       NULL);
        is_int((int64_t) match_of(root, postings, 1), cases[i].aa,
               "a word twice");

        root = node_of(TENDER_NODE_PHRASE,
                       leaf_of(0, leaf_of(1, leaf_of(0, NULL))), NULL);
        is_int((int64_t) match_of(root, postings, 1), cases[i].aba,
               "and around another");
    }
}


/* numbers that are none, out of order, too few bytes; positions, too */

static void
test_damaged(void)
{
    size_t              i;
    tender_node_t      *root;
    tender_postings_t   postings[2];

    static const struct {
        tender_str_t    docs;
        uint64_t        set;
        const char     *about;
    } arrays[] = {
        { tender_string("\1\0\6\0\xff\xff"), 2, "beyond the documents" },
        { tender_string("\1\0\2\0\3"), 6, "an odd length" },
        { tender_string("\1"), 0, "half a number" },
        { tender_string("\4\0\4\0"), 16, "a document twice" },
        { tender_string("\5\0\1\0"), 34, "out of order" },
        { tender_string(""), 0, "no bytes" }
    };

    static const struct {
        tender_str_t    docs;
        tender_str_t    positions;
        uint64_t        set;
    } lists[] = {
        { tender_string("\1\0\2\0"), tender_string("\1\2\1\2"), 6 },
        { tender_string("\1\0\2\0"), tender_string("\1\2\1"), 0 },
        { tender_string("\1\0\2\0"), tender_string("\1\2"), 0 },
        { tender_string("\1\0\2\0"), tender_string("\1\x82\x80\x80\x80\x80"),
          0 },
        { tender_string("\0\0\2\0"), tender_string("\xff\xff\xff\xff\x0f\1"),
          0 },
        { tender_string("\0\0\2\0"), tender_string("\3\1\x81\x80"), 0 },
        { tender_string("\0\0\2\0"), tender_string("\x80"), 0 },
        { tender_string("\2\0\1\0"), tender_string("\1\2\1\2"), 0 },
        { tender_string("\1\0\1\0\2\0"), tender_string("\1\2\1\2\1\2"), 6 },
        { tender_string("\2\0\7\0"), tender_string("\1\2\7"), 4 },
        { tender_string("\1\0\2\0"), tender_string(""), 0 }
    };

    for (i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
        postings[0] = array_of(arrays[i].docs, tap_str(""));

        is_int((int64_t) match_of(leaf_of(0, NULL), postings, 6),
               (int64_t) arrays[i].set, "%s", arrays[i].about);
        is_int((int64_t) match_of(node_of(TENDER_NODE_NOT, leaf_of(0, NULL),
                                          NULL), postings, 6),
               (int64_t) (63 & ~arrays[i].set), "and not these");
        is_int((int64_t) match_of(node_of(TENDER_NODE_OR, leaf_of(0, NULL),
                                          NULL), postings, 6),
               (int64_t) arrays[i].set, "or these");
    }

    postings[0] = array_of(tap_str("\1\0\2\0"), tap_str(""));
    postings[0].n = 1;
    is_int((int64_t) match_of(leaf_of(0, NULL), postings, 6), 2,
           "fewer than there are bytes");
    postings[0].n = 9999;
    is_int((int64_t) match_of(leaf_of(0, NULL), postings, 6), 6,
           "more than there are bytes");

    postings[0].kind = TENDER_POSTINGS_BITMAP;
    postings[0].docs = tap_str("\xff\xff\xff\xff\xff\xff\xff\xff\xff");
    is_int((int64_t) match_of(leaf_of(0, NULL), postings, 6), 63,
           "a bitmap of more bits");
    postings[0].docs = tap_str("\xff\xff\xff\xff\xff\xff\xff");
    is_int((int64_t) match_of(leaf_of(0, NULL), postings, 6), 0,
           "of less than a word");

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        postings[0] = array_of(tap_str("\1\0\2\0"), tap_str("\1\1\1\1"));
        postings[1] = array_of(lists[i].docs, lists[i].positions);

        root = node_of(TENDER_NODE_PHRASE, leaf_of(0, leaf_of(1, NULL)),
                       NULL);
        is_int((int64_t) match_of(root, postings, 6),
               (int64_t) lists[i].set, "positions: %u", (unsigned) i);
    }
}


static void
test_scores(void)
{
    float               scores[4] = { 1, 1, 1, 1 };
    uint64_t            set[1] = { 7 };
    tender_node_t      *root, *phrase;
    tender_kwords_t     kwords;
    tender_postings_t   postings[4];

    static const float  weights[4] = { 1, 10, 100, 1000 };

    postings[0] = array_of(tap_str("\0\0\1\0\3\0\xff\0"), tap_str(""));
    postings[1] = array_of(tap_str("\1\0\2\0"), tap_str(""));
    postings[2] = postings[0];
    postings[3].kind = TENDER_POSTINGS_BITMAP;
    postings[3].docs = tap_str("\xfc\xff\xff\xff\xff\xff\xff\xff");

    memset(&kwords, 0, sizeof(tender_kwords_t));

    is_int(tender_score(&test_mem, &kwords, postings, weights, 4, set,
                        scores), TENDER_OK, "no query");
    ok(scores[0] == 1 && scores[1] == 1 && scores[2] == 1 && scores[3] == 1,
       "adds nothing");

    phrase = node_of(TENDER_NODE_PHRASE, leaf_of(1, leaf_of(3, NULL)), NULL);
    root = node_of(TENDER_NODE_NOT, leaf_of(2, NULL), phrase);
    root = node_of(TENDER_NODE_NONE, NULL, root);
    root = node_of(TENDER_NODE_OR, leaf_of(0, root), NULL);
    kwords.root = root;

    is_int(tender_score(&test_mem, &kwords, postings, weights, 4, set,
                        scores), TENDER_OK, "a query");
    ok(scores[0] == 2 && scores[1] == 12, "words that are there");
    ok(scores[2] == 1011, "words of a phrase count");
    ok(scores[3] == 1, "what is not in the set has nothing");
}


static void
test_memory(void)
{
    int                 rc;
    size_t              size;
    u_char             *block;
    uint64_t            out[1];
    unsigned            failed;
    tender_mem_t        mem, rest;
    tender_node_t      *or, *not, *phrase;
    tender_kwords_t     kwords;
    tender_postings_t   postings[1];

    memset(&kwords, 0, sizeof(tender_kwords_t));
    postings[0] = array_of(tap_str("\1\0\2\0"), tap_str("\1\1\2\1\1"));

    phrase = node_of(TENDER_NODE_PHRASE, leaf_of(0, leaf_of(0, NULL)), NULL);
    not = node_of(TENDER_NODE_NOT, phrase, NULL);
    or = node_of(TENDER_NODE_OR, not, NULL);
    kwords.root = node_of(TENDER_NODE_AND, or, NULL);

    block = malloc(65536);
    failed = 0;
    rc = TENDER_ERROR;

    for (size = 0; size < 65536 && rc != TENDER_OK; size += 16) {
        test_limited(&mem, &rest, block, size);
        rc = tender_match(&mem, &kwords, postings, 6, out);
        failed += (rc == TENDER_ERROR);
    }

    is_int(rc, TENDER_OK, "memory enough");
    ok(failed > 3, "and less of it is told");
    is_int((int64_t) out[0], 59, "all but the phrase");

    free(block);
}


static void
test_trees(void)
{
    unsigned  round;

    for (round = 0; round < ROUNDS; round++) {

        if (!random_round(round)) {
            break;
        }

        tender_arena_reset(test_arena);
        tender_mem_init(&test_mem, tender_arena_alloc, test_arena);
    }

    is_int(round, ROUNDS, "random queries, document by document");
}


static int
random_round(unsigned round)
{
    float               weights[LEAVES], score, *scores;
    uint64_t           *out;
    unsigned            i, ndocs, has;
    tender_kwords_t     kwords;
    tender_postings_t   postings[LEAVES];

    ndocs = (round % 100 == 99) ? next_random() % (TENDER_SOURCE_DOCS + 1)
                                : next_random() % 200;

    for (i = 0; i < LEAVES; i++) {
        random_leaf(&leaves[i], ndocs, 1);
        postings[i] = encode(&leaves[i], ndocs, next_random() & 1);
        weights[i] = (float) (1 << i);
    }

    memset(&kwords, 0, sizeof(tender_kwords_t));
    kwords.root = random_tree(1 + next_random() % 4);

    out = tender_alloc(&test_mem, tender_set_words(ndocs) * 8);
    scores = tender_alloc(&test_mem, ndocs * sizeof(float));
    memset(scores, 0, ndocs * sizeof(float));

    if (tender_match(&test_mem, &kwords, postings, ndocs, out) != TENDER_OK
        || tender_score(&test_mem, &kwords, postings, weights, ndocs, out,
                        scores)
           != TENDER_OK)
    {
        return 0;
    }

    for (i = 0; i < tender_set_words(ndocs) * 64; i++) {
        has = i < ndocs && naive(kwords.root, i);

        if (tender_set_has(out, i) != has) {
            diag("round %u: document %u of %u: not %u", round, i, ndocs, has);
            return 0;
        }

        if (i < ndocs) {
            score = has ? naive_score(kwords.root, weights, i) : 0;

            if (scores[i] != score) {
                diag("round %u: document %u scores %f", round, i, scores[i]);
                return 0;
            }
        }
    }

    return 1;
}


static tender_node_t *
random_tree(unsigned depth)
{
    unsigned        i, n;
    tender_node_t  *node, *child;

    static const tender_node_e  types[] = {
        TENDER_NODE_AND, TENDER_NODE_AND, TENDER_NODE_OR, TENDER_NODE_OR,
        TENDER_NODE_NOT, TENDER_NODE_PHRASE, TENDER_NODE_PHRASE,
        TENDER_NODE_TERM, TENDER_NODE_PREFIX
    };

    if (depth == 0) {
        return leaf_of(next_random() % LEAVES, NULL);
    }

    if (next_random() % 40 == 0) {
        return node_of(TENDER_NODE_NONE, NULL, NULL);
    }

    node = leaf_of(next_random() % LEAVES, NULL);
    node->type = types[next_random() % 9];

    if (node->type == TENDER_NODE_TERM || node->type == TENDER_NODE_PREFIX) {
        return node;
    }

    n = node->type == TENDER_NODE_NOT ? 1 : 1 + next_random() % 4;

    for (i = 0; i < n; i++) {
        child = random_tree(node->type == TENDER_NODE_PHRASE
                            ? 0 : depth - 1);
        child->next = node->first;
        node->first = child;
    }

    return node;
}


/* from documents that have it all to none; places close to each other */

static void
random_leaf(leaf_t *leaf, unsigned ndocs, unsigned phrases)
{
    unsigned  i, k, density, place;

    density = next_random() % 5;

    for (i = 0; i < ndocs; i++) {
        leaf->has[i] = density == 4 || next_random() % 4 < density;
        leaf->counts[i] = 0;

        if (!leaf->has[i] || !phrases) {
            continue;
        }

        leaf->counts[i] = next_random() % (PLACES + 1);
        place = next_random() % 50 == 0 ? 120 : 0;

        for (k = 0; k < leaf->counts[i]; k++) {
            place += 1 + next_random() % 3;
            leaf->places[i][k] = place;
        }
    }
}


static tender_postings_t
encode(const leaf_t *leaf, unsigned ndocs, unsigned bitmap)
{
    u_char             *p, *q;
    unsigned            i, k, last;
    tender_postings_t   postings;

    memset(&postings, 0, sizeof(tender_postings_t));

    p = tender_alloc(&test_mem, bitmap ? tender_set_words(ndocs) * 8
                                       : ndocs * 2);
    q = tender_alloc(&test_mem, ndocs * (1 + 5 * PLACES));

    postings.kind = bitmap ? TENDER_POSTINGS_BITMAP : TENDER_POSTINGS_ARRAY;
    postings.docs.data = p;
    postings.docs.len = bitmap ? tender_set_words(ndocs) * 8 : 0;
    postings.positions.data = q;

    if (bitmap) {
        memset(p, 0, postings.docs.len);
    }

    for (i = 0; i < ndocs; i++) {

        if (!leaf->has[i]) {
            continue;
        }

        postings.n++;

        if (bitmap) {
            p[i / 8] |= (u_char) (1 << i % 8);

        } else {
            p = tender_put16(p, (uint16_t) i);
            postings.docs.len += 2;
        }

        q = tender_leb_write(q, leaf->counts[i]);

        for (k = 0, last = 0; k < leaf->counts[i]; k++) {
            q = tender_leb_write(q, leaf->places[i][k] - last);
            last = leaf->places[i][k];
        }
    }

    postings.positions.len = (size_t) (q - postings.positions.data);

    return postings;
}


static int
naive(const tender_node_t *node, unsigned doc)
{
    const tender_node_t  *child;

    switch (node->type) {

    case TENDER_NODE_TERM:
    case TENDER_NODE_PREFIX:
        return leaves[node->leaf].has[doc] != 0;

    case TENDER_NODE_NOT:
        return !naive(node->first, doc);

    case TENDER_NODE_PHRASE:
        return naive_phrase(node, doc);

    case TENDER_NODE_NONE:
        return 0;

    default:
        for (child = node->first; child != NULL; child = child->next) {

            if (naive(child, doc) != (node->type == TENDER_NODE_AND)) {
                return node->type == TENDER_NODE_OR;
            }
        }

        return node->type == TENDER_NODE_AND;
    }
}


static int
naive_phrase(const tender_node_t *node, unsigned doc)
{
    unsigned              first, place, k, found;
    const leaf_t         *leaf;
    const tender_node_t  *child;

    if (node->first->next == NULL) {
        return naive(node->first, doc);
    }

    for (first = 1; first < 300; first++) {
        place = first;
        found = 1;

        for (child = node->first; child != NULL; child = child->next) {
            leaf = &leaves[child->leaf];

            for (k = 0; k < leaf->counts[doc]; k++) {
                if (leaf->places[doc][k] == place) {
                    break;
                }
            }

            found &= leaf->has[doc] && k < leaf->counts[doc];
            place++;
        }

        if (found) {
            return 1;
        }
    }

    return 0;
}


static float
naive_score(const tender_node_t *node, const float *weights, unsigned doc)
{
    float                 sum;
    const tender_node_t  *child;

    if (node->type == TENDER_NODE_NOT) {
        return 0;
    }

    if (node->type == TENDER_NODE_TERM || node->type == TENDER_NODE_PREFIX) {
        return leaves[node->leaf].has[doc] ? weights[node->leaf] : 0;
    }

    sum = 0;

    for (child = node->first; child != NULL; child = child->next) {
        sum += naive_score(child, weights, doc);
    }

    return sum;
}


static tender_node_t *
node_of(tender_node_e type, tender_node_t *first, tender_node_t *next)
{
    tender_node_t  *node;

    node = tender_alloc(&test_mem, sizeof(tender_node_t));

    memset(node, 0, sizeof(tender_node_t));
    node->type = type;
    node->first = first;
    node->next = next;

    return node;
}


static tender_node_t *
leaf_of(unsigned leaf, tender_node_t *next)
{
    tender_node_t  *node;

    node = node_of(TENDER_NODE_TERM, NULL, next);
    node->leaf = leaf;

    return node;
}


/* of 64 documents at most */

static uint64_t
match_of(tender_node_t *root, const tender_postings_t *postings,
    unsigned ndocs)
{
    uint64_t         out[2] = { 0, 5 };
    tender_kwords_t  kwords;

    memset(&kwords, 0, sizeof(tender_kwords_t));
    kwords.root = root;

    if (tender_match(&test_mem, &kwords, postings, ndocs, out) != TENDER_OK
        || out[1] != 5)
    {
        return 0xbad;
    }

    return out[0];
}


static tender_postings_t
array_of(tender_str_t docs, tender_str_t positions)
{
    tender_postings_t  postings;

    postings.kind = TENDER_POSTINGS_ARRAY;
    postings.n = (unsigned) ((docs.len + 1) / 2);
    postings.docs = docs;
    postings.positions = positions;

    return postings;
}


static unsigned
next_random(void)
{
    state = state * 6364136223846793005 + 1442695040888963407;

    return (unsigned) (state >> 33);
}
