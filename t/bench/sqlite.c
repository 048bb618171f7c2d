
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Full-text search as it is done with SQLite's FTS5, in the program itself:
 * no server, no connection, answers are read and thrown away.
 *
 *     sqlite build database tenders
 *     sqlite totals database date|price queries
 *     sqlite run database date|price queries threads seconds
 *
 * tenders are lines of JSON; queries are lines: offset, least price, greatest
 * price, what FTS5 matches, with tabs between.  A query asks for ten tenders,
 * the newest or dearest first, and for how many there are.
 */


#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define BENCH_QUERIES  10000
#define BENCH_THREADS  64
#define BENCH_LINE     65536
#define BENCH_TIMES    2000000


typedef struct {
    int             offset;
    double          from;
    double          to;
    char           *match;
} bench_query_t;


typedef struct {
    sqlite3        *db;
    sqlite3_stmt   *page;
    sqlite3_stmt   *count;
    unsigned        turn;
    float          *us;           /* of each query */
    unsigned        n;
    pthread_t       thread;
} bench_client_t;


static int bench_build(const char *path, const char *file);
static void bench_insert(sqlite3 *db, const char *file);
static void bench_read_queries(const char *file);
static void bench_open(bench_client_t *client, const char *path,
    const char *order);
static unsigned long bench_ask(bench_client_t *client, bench_query_t *query);
static int bench_totals(const char *path, const char *order);
static int bench_run(const char *path, const char *order, unsigned threads,
    double seconds);
static void *bench_client(void *data);
static int bench_compare(const void *one, const void *two);
static double bench_now(void);
static void bench_do(sqlite3 *db, const char *sql);
static void bench_fail(sqlite3 *db, const char *what);


static const char  bench_schema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = OFF;"
    "CREATE TABLE tenders (number INTEGER PRIMARY KEY, doc TEXT);"
    "CREATE TABLE facts (number INTEGER PRIMARY KEY, price REAL);"
    "CREATE VIRTUAL TABLE words USING fts5 (title, description, items, buyer,"
    " content = '', tokenize = 'unicode61 remove_diacritics 2',"
    " prefix = '2 3 4');";

static const char  bench_fill[] =
    "INSERT INTO facts SELECT number,"
    " json_extract(doc, '$.data.totalValue.amount') FROM tenders;"
    "INSERT INTO words (rowid, title, description, items, buyer)"
    " SELECT number, json_extract(doc, '$.data.title'),"
    " json_extract(doc, '$.data.description'),"
    " (SELECT group_concat(json_extract(value, '$.description') ||"
    "  ' parted ' ||"
    "  json_extract(value, '$.primaryClassification.description'),"
    "  ' parted ')"
    "  FROM json_each(doc, '$.data.itemsToBeProcured')),"
    " json_extract(doc, '$.data.procuringEntity.id.name') FROM tenders;"
    "CREATE INDEX prices ON facts (number, price);"
    "INSERT INTO words (words) VALUES ('optimize');"
    "ANALYZE;"
    "PRAGMA wal_checkpoint(TRUNCATE);";

static const char  bench_page_date[] =
    "SELECT t.doc FROM (SELECT rowid AS number FROM words"
    " WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT 10 OFFSET ?2) f"
    " CROSS JOIN tenders t ON t.number = f.number";

static const char  bench_count_date[] =
    "SELECT count(*) FROM words WHERE words MATCH ?1";

static const char  bench_page_price[] =
    "SELECT t.doc FROM (SELECT w.rowid AS number FROM words w"
    " CROSS JOIN facts f ON f.number = w.rowid"
    " WHERE w.words MATCH ?1 AND f.price BETWEEN ?3 AND ?4"
    " ORDER BY f.price DESC LIMIT 10 OFFSET ?2) f"
    " CROSS JOIN tenders t ON t.number = f.number";

static const char  bench_count_price[] =
    "SELECT count(*) FROM words w CROSS JOIN facts f ON f.number = w.rowid"
    " WHERE w.words MATCH ?1 AND f.price BETWEEN ?3 AND ?4";


static bench_query_t  bench_queries[BENCH_QUERIES];
static unsigned       bench_nqueries;
static double         bench_end;


int
main(int argc, char *argv[])
{
    if (argc == 4 && strcmp(argv[1], "build") == 0) {
        return bench_build(argv[2], argv[3]);
    }

    if (argc == 5 && strcmp(argv[1], "totals") == 0) {
        bench_read_queries(argv[4]);
        return bench_totals(argv[2], argv[3]);
    }

    if (argc == 7 && strcmp(argv[1], "run") == 0) {
        bench_read_queries(argv[4]);
        return bench_run(argv[2], argv[3], atoi(argv[5]), atof(argv[6]));
    }

    fprintf(stderr, "usage: sqlite build database tenders\n"
                    "       sqlite totals database date|price queries\n"
                    "       sqlite run database date|price queries threads "
                    "seconds\n");
    return 1;
}


static int
bench_build(const char *path, const char *file)
{
    sqlite3  *db;

    if (sqlite3_open(path, &db) != SQLITE_OK) {
        bench_fail(db, path);
    }

    bench_do(db, bench_schema);
    bench_do(db, "BEGIN");
    bench_insert(db, file);
    bench_do(db, "COMMIT");
    bench_do(db, bench_fill);

    sqlite3_close(db);

    return 0;
}


static void
bench_insert(sqlite3 *db, const char *file)
{
    FILE          *lines;
    size_t         len;
    static char    line[BENCH_LINE];
    sqlite3_stmt  *insert;

    insert = NULL;
    lines = fopen(file, "r");

    if (lines == NULL
        || sqlite3_prepare_v2(db, "INSERT INTO tenders (doc) VALUES (?1)", -1,
                              &insert, NULL)
           != SQLITE_OK)
    {
        bench_fail(db, file);
    }

    while (fgets(line, sizeof(line), lines)) {
        len = strlen(line) - 1;

        sqlite3_bind_text(insert, 1, line, (int) len, SQLITE_STATIC);

        if (sqlite3_step(insert) != SQLITE_DONE) {
            bench_fail(db, "INSERT");
        }

        sqlite3_reset(insert);
    }

    sqlite3_finalize(insert);
    fclose(lines);
}


static void
bench_read_queries(const char *file)
{
    char           *p;
    FILE           *lines;
    static char     line[BENCH_LINE];
    bench_query_t  *query;

    lines = fopen(file, "r");
    if (lines == NULL) {
        perror(file);
        exit(1);
    }

    while (bench_nqueries < BENCH_QUERIES && fgets(line, sizeof(line), lines))
    {
        query = &bench_queries[bench_nqueries++];

        line[strcspn(line, "\n")] = '\0';
        p = line;

        query->offset = atoi(strsep(&p, "\t"));
        query->from = p ? atof(strsep(&p, "\t")) : 0;
        query->to = p ? atof(strsep(&p, "\t")) : 0;
        query->match = p ? strdup(p) : NULL;

        if (query->match == NULL) {
            fprintf(stderr, "%s: a line is not a query\n", file);
            exit(1);
        }
    }

    fclose(lines);

    if (bench_nqueries == 0) {
        fprintf(stderr, "%s is empty\n", file);
        exit(1);
    }
}


static void
bench_open(bench_client_t *client, const char *path, const char *order)
{
    int  price;

    price = strcmp(order, "price") == 0;

    if (sqlite3_open_v2(path, &client->db,
                        SQLITE_OPEN_READONLY|SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK)
    {
        bench_fail(client->db, path);
    }

    bench_do(client->db, "PRAGMA mmap_size = 8589934592");
    bench_do(client->db, "PRAGMA cache_size = -65536");

    if (sqlite3_prepare_v2(client->db,
                           price ? bench_page_price : bench_page_date, -1,
                           &client->page, NULL) != SQLITE_OK
        || sqlite3_prepare_v2(client->db,
                              price ? bench_count_price : bench_count_date,
                              -1, &client->count, NULL) != SQLITE_OK)
    {
        bench_fail(client->db, order);
    }
}


/* how many tenders match */

static unsigned long
bench_ask(bench_client_t *client, bench_query_t *query)
{
    int             i, rc;
    size_t          bytes;
    sqlite3_stmt   *statements[] = { client->page, client->count };
    unsigned long   total;

    bytes = 0;
    total = 0;

    for (i = 0; i < 2; i++) {
        sqlite3_bind_text(statements[i], 1, query->match, -1, SQLITE_STATIC);

        if (sqlite3_bind_parameter_count(statements[i]) > 1) {
            sqlite3_bind_int(statements[i], 2, query->offset);
        }

        if (sqlite3_bind_parameter_count(statements[i]) > 2) {
            sqlite3_bind_double(statements[i], 3, query->from);
            sqlite3_bind_double(statements[i], 4, query->to);
        }

        while ((rc = sqlite3_step(statements[i])) == SQLITE_ROW) {

            if (i == 0) {
                bytes += strlen((char *) sqlite3_column_text(statements[i],
                                                             0));
            } else {
                total = sqlite3_column_int64(statements[i], 0);
            }
        }

        if (rc != SQLITE_DONE) {
            bench_fail(client->db, query->match);
        }

        sqlite3_reset(statements[i]);
    }

    if ((bytes == 0) != (total <= (unsigned long) query->offset)) {
        bench_fail(client->db, "there are no tenders of a total");
    }

    return total;
}


static int
bench_totals(const char *path, const char *order)
{
    unsigned        i;
    bench_client_t  client;

    memset(&client, 0, sizeof(client));
    bench_open(&client, path, order);

    for (i = 0; i < bench_nqueries; i++) {
        printf("%lu\n", bench_ask(&client, &bench_queries[i]));
    }

    return 0;
}


static int
bench_run(const char *path, const char *order, unsigned threads,
    double seconds)
{
    float                  *us, *last;
    double                  start;
    unsigned                i, n;
    static bench_client_t   clients[BENCH_THREADS];

    if (threads < 1 || threads > BENCH_THREADS) {
        return 1;
    }

    us = malloc(sizeof(float) * BENCH_TIMES * 2);
    if (us == NULL) {
        return 1;
    }

    for (i = 0; i < threads; i++) {
        bench_open(&clients[i], path, order);
        clients[i].turn = i * bench_nqueries / threads;
        clients[i].us = us + BENCH_TIMES + BENCH_TIMES / threads * i;

        /* what it reads for the first time */
        (void) bench_ask(&clients[i], &bench_queries[clients[i].turn]);
    }

    start = bench_now();
    bench_end = start + seconds;

    for (i = 0; i < threads; i++) {
        pthread_create(&clients[i].thread, NULL, bench_client, &clients[i]);
    }

    last = us;

    for (i = 0; i < threads; i++) {
        pthread_join(clients[i].thread, NULL);

        n = clients[i].n < BENCH_TIMES / threads ? clients[i].n
                                                 : BENCH_TIMES / threads;
        memcpy(last, clients[i].us, n * sizeof(float));
        last += n;
    }

    seconds = bench_now() - start;
    n = last - us;

    qsort(us, n, sizeof(float), bench_compare);

    printf("queries=%u rate=%.3f p50=%.1f p99=%.1f\n", n, n / seconds,
           us[n / 2], us[n * 99ULL / 100]);

    return 0;
}


static void *
bench_client(void *data)
{
    double           start;
    bench_client_t  *client = data;

    for (start = bench_now(); start < bench_end; start = bench_now()) {
        (void) bench_ask(client,
                         &bench_queries[client->turn++ % bench_nqueries]);

        client->us[client->n++] = (bench_now() - start) * 1e6;
    }

    return NULL;
}


static int
bench_compare(const void *one, const void *two)
{
    float  a, b;

    a = *(const float *) one;
    b = *(const float *) two;

    return (a > b) - (a < b);
}


static double
bench_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static void
bench_do(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        bench_fail(db, sql);
    }
}


static void
bench_fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "sqlite: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}
