package Tender::Postgres;

# Copyright (C) ngx_tender_module contributors

# A private PostgreSQL server on the servers' core, tuned for reading, with
# tenders and an index of their words.
#
#   my $pg = Tender::Postgres->new;
#   $pg->fill($file);                          # lines of JSON
#   my @n = $pg->totals(\@queries);           # how many match each
#   my $run = $pg->run(\@queries, seconds => 2, clients => 16);
#
# A query is {words: of to_tsquery(), from, to, offset}; with from and to, it
# is of those prices, the dearest first.

use strict;
use warnings;

use File::Temp ();
use POSIX ();

use Tender::Bench qw(command progress);


my ($BIN) = reverse sort glob '/usr/lib/postgresql/*/bin';
my $PLANS = 12;                 # queries of a run

my $CONF = <<'END';
listen_addresses = ''
unix_socket_directories = '%DIR%'
shared_buffers = 2GB
work_mem = 64MB
maintenance_work_mem = 512MB
max_wal_size = 8GB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
random_page_cost = 1.0
END

# Rows are narrow: words and documents are kept beside the table, so that
# counting does not read them.  It knows of many words how frequent they are,
# or it would look for rare ones from the newest tender on.  Texts are parted
# by a word that is nowhere else, so that no phrase goes across; its parser
# would take "and/or" for a path.

my $FILL = <<'END';
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TEXT SEARCH CONFIGURATION folded (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION folded
    ALTER MAPPING FOR word, hword, hword_part WITH unaccent, simple;
CREATE TABLE tenders (
    number integer PRIMARY KEY,
    price double precision,
    words tsvector,
    doc text
) WITH (toast_tuple_target = 128);
ALTER TABLE tenders ALTER words SET STORAGE EXTERNAL,
                    ALTER doc SET STORAGE EXTERNAL,
                    ALTER words SET STATISTICS 500;
CREATE UNLOGGED TABLE lines (number serial, line jsonb);
\copy lines (line) from '%FILE%' csv quote e'\x01' delimiter e'\x02'
INSERT INTO tenders
SELECT number, (line #>> '{data,totalValue,amount}')::double precision,
       to_tsvector('folded', translate(concat_ws(' parted ',
           line #>> '{data,title}', line #>> '{data,description}',
           (SELECT string_agg(concat_ws(' parted ', item ->> 'description',
                    item #>> '{primaryClassification,description}'),
                    ' parted ')
            FROM jsonb_array_elements(line #> '{data,itemsToBeProcured}')
                 AS item),
           line #>> '{data,procuringEntity,id,name}'), '/-', '  ')),
       line::text
FROM lines ORDER BY number;
DROP TABLE lines;
CREATE INDEX words ON tenders USING gin (words) WITH (fastupdate = off);
VACUUM ANALYZE tenders;
END


sub new {
    my ($class) = @_;

    die "there is no PostgreSQL: tools/deps bench installs it\n" if !$BIN;

    my $self = bless { tmp => File::Temp->newdir(TMPDIR => 1),
                       owner => $$ }, $class;
    my $dir  = $self->{dir} = "$self->{tmp}";

    # it does not run as root
    if ($> == 0) {
        my (undef, undef, $uid, $gid) = getpwnam 'postgres'
            or die "there is no user postgres\n";

        chown $uid, $gid, $dir or die "$dir: $!\n";
        $self->{as} = ['setpriv', "--reuid=$uid", "--regid=$gid",
                       '--clear-groups'];
    }

    progress('PostgreSQL starts');
    command(@{ $self->{as} || [] }, "$BIN/initdb", '-N', '-A', 'trust', '-U',
            'bench', '-E', 'UTF8', '--locale=C.UTF-8', '-D', "$dir/data");

    open my $fh, '>>', "$dir/data/postgresql.conf" or die "$dir: $!\n";
    print $fh $CONF =~ s/%DIR%/$dir/r;
    close $fh or die "$dir: $!\n";

    $self->{pid} = fork() // die "fork: $!\n";

    if ($self->{pid} == 0) {
        open STDOUT, '>', "$Tender::Bench::BUILD/postgres.log";
        open STDERR, '>&', \*STDOUT;
        { exec 'taskset', '-c', Tender::Bench::SERVER_CPU,
               @{ $self->{as} || [] }, "$BIN/postgres", '-D', "$dir/data" }
        POSIX::_exit(127);
    }

    for (1 .. 600) {
        return $self if -S "$dir/.s.PGSQL.5432"
                        && system("$BIN/pg_isready -q -h $dir") == 0;
        select undef, undef, undef, 0.1;
    }

    die "PostgreSQL does not start\n";
}


sub psql {
    my ($self, $text) = @_;

    my $file = $self->write('sql', $text);

    return command("$BIN/psql", '-X', '-q', '-A', '-t', '-h', $self->{dir},
                   '-U', 'bench', '-v', 'ON_ERROR_STOP=1', '-f', $file,
                   'postgres');
}


sub write {
    my ($self, $name, $text) = @_;

    my $path = "$self->{dir}/$name";

    open my $fh, '>:encoding(UTF-8)', $path or die "$path: $!\n";
    print $fh $text;
    close $fh or die "$path: $!\n";

    return $path;
}


sub fill {
    my ($self, $file) = @_;

    progress('PostgreSQL is filled');
    $self->psql($FILL =~ s/%FILE%/$file/r);
}


sub bytes {
    my ($self) = @_;

    return $self->psql("SELECT pg_relation_size('words');\n") + 0;
}


# -------------------------------------------------------------------- queries

sub where {
    my ($query) = @_;

    my $where = "words @@ to_tsquery('folded', '$query->{words}')";

    $where .= " AND price BETWEEN $query->{from} AND $query->{to}"
        if defined $query->{from};

    return $where;
}


sub totals {
    my ($self, $queries) = @_;

    return split /\n/, $self->psql(join '', map {
        'SELECT count(*) FROM tenders WHERE ' . where($_) . ";\n"
    } @$queries);
}


# what is asked for a page: ten tenders, and how many there are

sub page {
    my ($query) = @_;

    my $where = where($query);
    my $order = defined $query->{from} ? 'price' : 'number';

    return "SELECT count(*) FROM tenders WHERE $where;\n"
           . "SELECT doc FROM tenders WHERE $where ORDER BY $order DESC"
           . " LIMIT 10 OFFSET $query->{offset};\n";
}


# each connection plans each query once; that is left out if there is enough
# without it

sub run {
    my ($self, $queries, %opt) = @_;

    my $n = 0;
    my @files = map { ('-f', $self->write('query' . $n++, page($_))) }
                    @$queries[0 .. ($#$queries < $PLANS ? $#$queries
                                                        : $PLANS - 1)];
    my $log = "$self->{dir}/log";

    unlink glob "$log.*";
    command('taskset', '-c', Tender::Bench::LOAD_CPU, "$BIN/pgbench", '-n',
            '-h', $self->{dir}, '-U', 'bench', '-M', 'prepared', '-c',
            $opt{clients}, '-j', 1, '-T', $opt{seconds}, '-l',
            "--log-prefix=$log", @files, 'postgres');

    my (@first, @us, %seen);

    for (map { split /\n/, Tender::Bench::slurp_file($_) } glob "$log.*") {
        my ($client, undef, $us, $script) = split / /;

        push @{ $seen{"$client $script"}++ ? \@us : \@first }, $us;
    }

    push @us, @first if @us < 100;
    die "pgbench made no queries\n" if !@us;

    @us = sort { $a <=> $b } @us;

    my $sum = 0;

    $sum += $_ for @us;

    return { rate => $opt{clients} * @us / $sum * 1e6, p50 => $us[@us / 2],
             p99 => $us[@us * 0.99] };
}


sub stop {
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    kill 'INT', $pid;
    waitpid $pid, 0;
}


sub DESTROY {
    my ($self) = @_;

    return if $self->{owner} != $$;

    local ($?, $@);

    $self->stop;
}


1;
