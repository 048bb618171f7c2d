
/*
 * Copyright (C) ngx_tender_module contributors
 */


/*
 * Posts each line of a file, on connections that are kept open:
 *
 *     load 127.0.0.1 port path file [connections [first [count]]]
 *
 * Prints how many answers there were, and the seconds it took.  Any answer
 * but 201 ends it.
 */


#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>


#define LOAD_CONNECTIONS  32
#define LOAD_MAX          1024
#define LOAD_BUFFER       65536


typedef struct {
    char           *p;            /* what is not posted yet */
    char           *end;
    unsigned long   left;         /* lines */
    unsigned long   done;
    const char     *path;
} load_source_t;


typedef struct {
    int             fd;
    char            head[256];    /* of the request, and its body */
    struct iovec    out[2];
    char            in[LOAD_BUFFER];
    size_t          have;
} load_connection_t;


static void load_open(load_source_t *source, const char *file);
static void load_skip(load_source_t *source, unsigned long lines);
static int load_connect(const char *host, const char *port);
static int load_next(load_connection_t *c, load_source_t *source);
static void load_write(load_connection_t *c);
static int load_read(load_connection_t *c);
static void load_run(load_connection_t *connections, unsigned n,
    load_source_t *source);
static double load_now(void);
static void load_fail(const char *what);


int
main(int argc, char *argv[])
{
    double              start;
    unsigned            i, n;
    load_source_t       source;
    load_connection_t  *connections;

    if (argc < 5 || argc > 8) {
        fprintf(stderr, "usage: load host port path file "
                        "[connections [first [count]]]\n");
        return 1;
    }

    load_open(&source, argv[4]);
    source.path = argv[3];

    n = argc > 5 ? (unsigned) atoi(argv[5]) : LOAD_CONNECTIONS;

    if (argc > 6) {
        load_skip(&source, strtoul(argv[6], NULL, 10) - 1);
    }

    source.left = argc > 7 ? strtoul(argv[7], NULL, 10) : (unsigned long) -1;

    if (n < 1 || n > LOAD_MAX) {
        load_fail("connections");
    }

    connections = calloc(n, sizeof(load_connection_t));
    if (connections == NULL) {
        load_fail("memory");
    }

    for (i = 0; i < n; i++) {
        connections[i].fd = load_connect(argv[1], argv[2]);
    }

    start = load_now();

    load_run(connections, n, &source);

    printf("done=%lu seconds=%.6f\n", source.done, load_now() - start);

    return 0;
}


static void
load_open(load_source_t *source, const char *file)
{
    int          fd;
    struct stat  st;

    memset(source, 0, sizeof(load_source_t));

    fd = open(file, O_RDONLY);

    if (fd == -1 || fstat(fd, &st) == -1 || st.st_size == 0) {
        load_fail(file);
    }

    source->p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

    if (source->p == MAP_FAILED) {
        load_fail(file);
    }

    source->end = source->p + st.st_size;
}


static void
load_skip(load_source_t *source, unsigned long lines)
{
    char  *nl;

    while (lines--) {
        nl = memchr(source->p, '\n', source->end - source->p);

        if (nl == NULL) {
            source->p = source->end;
            return;
        }

        source->p = nl + 1;
    }
}


static int
load_connect(const char *host, const char *port)
{
    int                 fd, on;
    struct sockaddr_in  sin;

    memset(&sin, 0, sizeof(sin));
    sin.sin_family = AF_INET;
    sin.sin_port = htons((unsigned short) atoi(port));

    fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1 || inet_pton(AF_INET, host, &sin.sin_addr) != 1
        || connect(fd, (struct sockaddr *) &sin, sizeof(sin)) == -1)
    {
        load_fail("connect");
    }

    on = 1;
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    return fd;
}


/* the next request, if there is one */

static int
load_next(load_connection_t *c, load_source_t *source)
{
    char  *nl;

    if (source->left == 0 || source->p == source->end) {
        return 0;
    }

    nl = memchr(source->p, '\n', source->end - source->p);
    if (nl == NULL) {
        nl = source->end;
    }

    c->out[0].iov_base = c->head;
    c->out[0].iov_len = snprintf(c->head, sizeof(c->head),
                                 "POST %s HTTP/1.1\r\nHost: localhost\r\n"
                                 "Content-Type: application/json\r\n"
                                 "Content-Length: %lu\r\n\r\n", source->path,
                                 (unsigned long) (nl - source->p));
    c->out[1].iov_base = source->p;
    c->out[1].iov_len = nl - source->p;
    c->have = 0;

    source->left--;
    source->p = nl == source->end ? nl : nl + 1;

    load_write(c);

    return 1;
}


/* a request fits into a socket's buffer */

static void
load_write(load_connection_t *c)
{
    ssize_t  sent, len;

    len = c->out[0].iov_len + c->out[1].iov_len;
    sent = writev(c->fd, c->out, 2);

    if (sent != len) {
        load_fail("write");
    }
}


/* 1: the answer is there */

static int
load_read(load_connection_t *c)
{
    char     *body, *length;
    ssize_t   n;

    n = read(c->fd, c->in + c->have, LOAD_BUFFER - 1 - c->have);

    if (n <= 0) {
        load_fail("the server closed a connection");
    }

    c->have += n;
    c->in[c->have] = '\0';

    body = strstr(c->in, "\r\n\r\n");
    if (body == NULL) {
        return 0;
    }

    length = strcasestr(c->in, "\r\nContent-Length:");

    if (length == NULL || length > body) {
        load_fail("an answer without Content-Length");
    }

    body += 4;

    if (c->in + c->have
        < body + strtoul(length + sizeof("\r\nContent-Length:") - 1, NULL, 10))
    {
        if (c->have == LOAD_BUFFER - 1) {
            load_fail("a long answer");
        }

        return 0;
    }

    if (strncmp(c->in, "HTTP/1.1 201 ", 13) != 0) {
        fprintf(stderr, "%s\n%.*s\n", c->in, (int) c->out[1].iov_len,
                (char *) c->out[1].iov_base);
        load_fail("refused");
    }

    return 1;
}


static void
load_run(load_connection_t *connections, unsigned n, load_source_t *source)
{
    unsigned       i, busy;
    struct pollfd  polls[LOAD_MAX];

    busy = 0;

    for (i = 0; i < n; i++) {
        polls[i].fd = connections[i].fd;
        polls[i].events = POLLIN;

        if (load_next(&connections[i], source)) {
            busy++;
        }
    }

    while (busy) {

        if (poll(polls, n, 60000) <= 0) {
            load_fail("no answer");
        }

        for (i = 0; i < n; i++) {

            if (polls[i].revents == 0 || !load_read(&connections[i])) {
                continue;
            }

            source->done++;

            if (!load_next(&connections[i], source)) {
                polls[i].fd = -1;
                busy--;
            }
        }
    }
}


static double
load_now(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static void
load_fail(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}
