#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Lists with opt_fields of many and of large tenders, of tenders that are gone
# or damaged.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $t = Tender::Test->new(http => 'tender_redis_max_pending 40;');
my $c = $t->client;

sub tender {
    my (%data) = @_;
    return $c->post('/api/0.1/tenders', { data => \%data })->json->{data};
}

sub list {
    my ($query) = @_;
    return $c->get("/api/0.1/tenders?$query");
}


# more than are read at a time, and than may be pending at a time

my @tenders = map { tender(selectionDetails => "tender $_") } 1 .. 150;

for my $limit (1, 31, 32, 33, 64, 65, 150, 1000) {
    my $r    = list("limit=$limit&opt_fields=selectionDetails,status");
    my $last = $limit > 150 ? 150 : $limit;

    is_deeply(
        [map { $_->{selectionDetails} } @{ $r->json->{data} }],
        [map { "tender $_" } 1 .. $last],
        "limit=$limit: all of them, in order"
    );
}

my $r = list('limit=70&opt_fields=selectionDetails&opt_pretty=1');

is(@{ $r->json->{data} }, 70, 'the pretty form');
like($r->body, qr/^ {12}"selectionDetails": "tender 70"$/m, 'is indented');


# one that is gone is left out, one that is damaged is refused and logged

$t->redis('DEL', "{b0}:tender:$tenders[1]{id}");

$r = list('limit=3&opt_fields=selectionDetails');

is($r->status, 200, 'a tender is gone');
is_deeply([map { $_->{selectionDetails} } @{ $r->json->{data} }],
          ['tender 1', 'tender 3'], 'the others are shown');

$t->redis('HSET', "{b0}:tender:$tenders[2]{id}", 'doc', 'garbage');

is(list('limit=3&opt_fields=status')->status, 500, 'a damaged one');
is($c->get("/api/0.1/tenders/$tenders[2]{id}")->status, 500, 'alone, too');
like($t->error_log, qr/\[alert\].*record that this module did not write/,
     'the log says so');
$t->allow_errors(qr/record that this module did not write/);


# a page of large tenders ends early, none is lost

$t->redis('FLUSHALL');

my $large = 'x' x 90_000;
my @ids   = map {
    tender(methodJustification => $large, selectionDetails => "large $_",
           notice => { amendment => { justification => $large } })
        ->{id}
} 1 .. 60;

my ($query, @seen, $pages);

$query = 'limit=1000&opt_fields=methodJustification,notice';

while ($query) {
    my $json = list($query)->json;
    my @page = map { $_->{id} } @{ $json->{data} };

    push @seen, @page;
    $pages++;

    ($query) = @page ? $json->{next_page}{uri} =~ /\?(.*)/ : ();
}

cmp_ok($pages, '>', 2, 'more than one page');
is_deeply(\@seen, \@ids, 'each once, in order');

$t->finish;

done_testing();
