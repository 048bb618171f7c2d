package Tender::Corpus;

# Copyright (C) ngx_tender_module contributors

# Made-up tenders, and what to search for in them.
#
#   my $file = corpus(100_000);                # lines of JSON, 2 KB each
#   my $queries = queries('rare', 50);         # [{words, from, to}, ...]
#   my $run = load($t, $file, 1, 10_000);      # publishes these lines
#
# TENDER_CPV names a file of the Common Procurement Vocabulary, lines of
# tab-separated code, parent, category and descriptions in English, French
# and Polish; without it there are made-up codes.

use strict;
use warnings;

use Encode ();
use Exporter 'import';

use Tender::Bench qw(command progress);


our @EXPORT_OK = qw(program corpus queries load);

my %built;


# compiles a program of this folder; returns its path

sub program {
    my ($name, $sources, @libraries) = @_;

    my $path = "$Tender::Bench::BUILD/$name";

    $built{$name} ||= command($ENV{CC} || 'gcc', '-std=gnu99', '-O2', '-Wall',
                              '-Wextra', '-Werror', '-D_GNU_SOURCE',
                              "-I$Tender::Bench::BENCH", '-o', $path,
                              map({ "$Tender::Bench::BENCH/$_" } @$sources),
                              @libraries) || 1;

    return $path;
}


sub generate {
    my (@args) = @_;

    return (program('generate', ['generate.c', 'vocabulary.c'], '-lm'),
            $ENV{TENDER_CPV} ? ('-v', $ENV{TENDER_CPV}) : (), @args);
}


sub corpus {
    my ($n) = @_;

    my $file = "$Tender::Bench::BUILD/tenders.json";

    progress("$n tenders are made up");

    open my $in, '-|', generate($n) or die "generate: $!\n";
    open my $out, '>', $file or die "$file: $!\n";

    while (read $in, my $bytes, 1 << 20) {
        print $out $bytes;
    }

    close $in or die "generate failed\n";
    close $out or die "$file: $!\n";

    return $file;
}


sub queries {
    my ($kind, $n) = @_;

    my @lines = split /\n/, Encode::decode('UTF-8', command(
        generate('-q', $kind, $n)));

    return [map {
        my ($from, $to) = $kind eq 'price' ? s/^(\d+) (\d+) // ? ($1, $2)
                                                               : die : ();

        { words => $_, from => $from, to => $to };
    } @lines];
}


# posts lines of a file, and says what that cost

sub load {
    my ($t, $file, $first, $count) = @_;

    my $before = $t->cpu_time;
    my $out    = command('taskset', '-c', Tender::Bench::LOAD_CPU,
                         program('load', ['load.c']), '127.0.0.1', $t->port,
                         '/tenders', $file, 32, $first, $count);
    my $after  = $t->cpu_time;
    my ($done, $seconds) = $out =~ /^done=(\d+) seconds=([0-9.]+)$/
        or die "load said: $out\n";

    die "$done of $count tenders were published\n" if $done != $count;

    return {
        done => $done, seconds => $seconds, rate => $done / $seconds,
        cpu  => { map { $_ => ($after->{$_} - $before->{$_}) / 1e3 / $done }
                  keys %$after },
    };
}


1;
