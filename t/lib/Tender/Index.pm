package Tender::Index;

# Copyright (C) ngx_tender_module contributors

# What tests of the index of words have in common.
#
#   my $t = index_test(workers => 2, redis_args => 'buckets=3');
#   my @list = fill($t, 100, sub { { title => "number $_[0]" } });
#   my @numbers = found($t, 'number');     # tenderIDs, sorted
#   my $data = index_of($t);               # what /admin/index answers
#   hold($t); release($t);                 # nobody compacts meanwhile
#   push_on($t, 64);                       # publishes so many, so that a
#                                          # worker looks after the index
#   my $state = reindexed($t, 'reset=1');  # builds it anew, waits for the end

use strict;
use warnings;

use Exporter 'import';
use Test::More;

use Tender::Access;
use Tender::Test;


our @EXPORT = qw(index_test fill found index_of hold release push_on reindexed
                 manifest column dated $API $DAMAGED);

our $API     = '/api/0.1/tenders';
our $DAMAGED = qr/tender: the index of bucket \d+ is damaged/;


sub index_test {
    my (%opt) = @_;

    my $t = access_test(location => <<'END', %opt);
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location = /api/export { tender_export; }
END

    # another node of a store has its reader already
    $t->{reader} = $opt{reader}
                   || api_code($t, account($t, name => 'Reader'))->{code};

    return $t;
}


# [tenderID, id] of each, in their order

sub fill {
    my ($t, $n, $code, $client) = @_;

    my @list;

    $client ||= $t->client(timeout => 60);

    for my $i (1 .. $n) {
        my $data = $code->($i);
        my $r;

        # a worker may not have its link yet: nothing was changed then

        $t->wait_for(sub {
            ($r = $client->post($API, { data => $data }))->status != 503;
        }, 20);

        die 'it was not published: ', $r->status, ' ', $r->body
            if $r->status != 201;

        push @list, [@{ $r->json->{data} }{qw(tenderID id)}];
    }

    return @list;
}


sub found {
    my ($t, $words) = @_;

    my $r = $t->client(timeout => 60)->get("/api/export?api_code=$t->{reader}"
        . "&kwords=$words&dtype=ndjson&all=1&fields=TenderNumOuter");

    return sort { $a <=> $b } $r->body =~ /"TenderNumOuter":"[^"]*?(\d+)"/g
        if $r->status == 200;

    return 'refused: ' . $r->status . ' ' . $r->body;
}


sub index_of {
    my ($t) = @_;

    my $r = $t->get("$ADMIN/index");

    die 'no index: ', $r->status, ' ', $r->body if $r->status != 200;

    return $r->json->{data};
}


sub hold    { $_[0]->redis('SET', '{b0}:idx:lock', 'held', 'PX', 600_000) }
sub release { $_[0]->redis('DEL', '{b0}:idx:lock') }


sub push_on {
    my ($t, $n) = @_;

    return fill($t, $n, sub { { title => 'push' } });
}


sub reindexed {
    my ($t, $args) = @_;

    my $r = $t->post("$ADMIN/index/reindex" . ($args ? "?$args" : ''), {});

    return { state => $r->status } if $r->status != 202;

    my $state;

    $t->wait_for(sub {
        $state = index_of($t)->{reindex};
        $state->{state} ne 'running';
    }, 120);

    return $state;
}


# generation, base, next, and the ids of the segments

sub manifest {
    my ($t, $bucket) = @_;

    my $text = $t->redis('GET', '{b' . ($bucket // 0) . '}:idx:manifest');

    return if !defined $text;

    my ($first, @lines) = split /\n/, $text;
    my %manifest;

    @manifest{qw(generation base next)} = split / /, $first;
    $manifest{ids} = [map { (split / /)[0] } @lines];

    return \%manifest;
}


# values of a column by number, from 0 on

sub column {
    my ($t, $name, $format, $bucket) = @_;

    my $bytes = $t->redis('GET', '{b' . ($bucket // 0)
                                 . "}:idx:column:$name");

    return unpack "($format)*", $bytes // '';
}


# segments that are in no manifest and do not go by themselves

sub dated {
    my ($t, $bucket) = @_;

    my $prefix = '{b' . ($bucket // 0) . '}:idx:segment:';
    my %there  = map { $_ => 1 } @{ manifest($t, $bucket)->{ids} };

    return grep { /^\Q$prefix\E(\d+):/ && !$there{$1}
                  && $t->redis('PTTL', $_) < 0 }
           sort @{ $t->redis('KEYS', "$prefix*") };
}


1;
