package Tender::Sqlite;

# Copyright (C) ngx_tender_module contributors

# A database of SQLite with tenders and an FTS5 table of their words, asked in
# one program without a server: as Tender::Postgres.

use strict;
use warnings;

use File::Temp ();

use Tender::Bench qw(command progress);
use Tender::Corpus qw(program);


sub new {
    my ($class) = @_;

    my $self = bless { tmp => File::Temp->newdir(TMPDIR => 1) }, $class;

    $self->{program} = program('sqlite', ['sqlite.c'], '-lsqlite3',
                               '-lpthread');
    $self->{file} = "$self->{tmp}/tenders.db";

    return $self;
}


sub file { $_[0]{file} }


sub fill {
    my ($self, $file) = @_;

    progress('SQLite is filled');
    command($self->{program}, 'build', $self->{file}, $file);
}


sub write {
    my ($self, $queries) = @_;

    my $path = "$self->{tmp}/queries";

    open my $fh, '>:encoding(UTF-8)', $path or die "$path: $!\n";
    print $fh join "\t", $_->{offset}, $_->{from} // 0, $_->{to} // 0,
              "$_->{words}\n"
        for @$queries;
    close $fh or die "$path: $!\n";

    return (defined $queries->[0]{from} ? 'price' : 'date', $path);
}


sub totals {
    my ($self, $queries) = @_;

    return split /\n/, command($self->{program}, 'totals', $self->{file},
                               $self->write($queries));
}


sub run {
    my ($self, $queries, %opt) = @_;

    my $out = command('taskset', '-c', Tender::Bench::SERVER_CPU,
                      $self->{program}, 'run', $self->{file},
                      $self->write($queries), $opt{clients}, $opt{seconds});

    $out =~ /rate=(\S+) p50=(\S+) p99=(\S+)/ or die "sqlite said: $out\n";

    return { rate => $1, p50 => $2, p99 => $3 };
}


1;
