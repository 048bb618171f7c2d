#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Rights at their edges: two tokens, an auction that is no owner, a change
# between a deadline and the clock that acts on it.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Clock;
use Tender::Test;


my $t = Tender::Test->new(http => 'tender_chronograph off;',
                          location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write; }
        location /hall/    { tender_api 0.1; tender_anonymous auction; }
        location /loose/   { tender_api 0.1; tender_anonymous auction;
                             tender_ownership off; }
END


# a token that is shown twice

my $tender = gated($t, enquiries => 3600, end => 7200);
my $path = "$API/$tender->{id}";
my $no = 'f' x 32;

sub twice {
    my (@tokens) = @_;

    my $r = $t->raw("PATCH $path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    . join('', map { "X-Access-Token: $_\r\n" } @tokens)
                    . "Content-Length: 11\r\n\r\n{\"data\":{}}");

    return $r =~ /^HTTP\/1\.1 (\d+)/ && $1;
}

is(twice($tender->{token}), 200, 'one token');
is(twice($tender->{token}, $tender->{token}), 200, 'the same one twice');
is(twice($tender->{token}, $no), 400, 'two of them');
is(twice($no, $tender->{token}), 400, 'in any order');


# who runs auctions uploads to auctions, and does nothing that owners do

my %file = ('Content-Type' => 'text/plain',
            'Content-Disposition' => 'attachment; filename="a"');

for my $hall (qw(hall loose)) {
    my $url = "/$hall/tenders/$tender->{id}";

    refused($t->request('POST', "$url/documents",
                        { %file, 'X-Access-Token' => $tender->{token} }, 'x'),
            403, [body => 'data', "Can't add document in current "
                                  . '(active.enquiries) tender status'],
            "$hall: not an owner's document");
    is($t->patch($url, { data => { title => 'x' } },
                 { 'X-Access-Token' => $tender->{token} })->status, 401,
       "$hall: no change");
}


# the start has passed, nobody has looked at the clock yet

$tender = gated($t, start => 0.3, end => 3600);
$path = "$API/$tender->{id}";

my %own = ('X-Access-Token' => $tender->{token});

is($t->get($path)->json->{data}{status}, 'active.enquiries', 'before it');
until_us($t, $tender->{start} + 10_000);
refused($t->patch($path, { data => { title => 'x' } }, \%own), 403,
        [body => 'data', "Can't update tender in current (active.tendering) "
                         . 'tender status'], 'bids are taken');

my $r = $t->patch($path, { data => { tenderPeriod => {
    endDate => iso($tender->{end} + 60_000_000) } } }, \%own);

is($r->status, 200, 'a later end is still possible') or diag($r->body);
is($r->json->{data}{status}, 'active.tendering', 'with what it is by now');
is($t->redis('ZSCORE', '{b0}:due', $tender->{id}),
   $tender->{end} + 60_000_000, 'that is when it is due');

$tender = gated($t, start => 0.2, end => 0.4);
until_us($t, $tender->{end} + 10_000);
is($t->patch("$API/$tender->{id}", { data => { tenderPeriod => {
       endDate => iso($tender->{end} + 60_000_000) } } },
             { 'X-Access-Token' => $tender->{token} })->status, 403,
   'not once it has ended');


# results for a tender as it was read

my $open = publish($t, { totalValue => { amount => 500, currency => 'UAH' } });

$path = "/loose/tenders/$open->{id}";
$t->post("$API/$open->{id}/bidders", '{"data":{"totalValue":{"amount":5}}}');

my $tag = $t->get($path)->header('ETag');
my $results = '{"data":{"bids":[{"amount":4}]}}';

is($t->patch("$path/auction", $results, { 'If-Match' => '"0"' })->status, 412,
   'results of another one');
$r = $t->patch("$path/auction", $results, { 'If-Match' => $tag });
is($r->status, 200, 'of this one') or diag($r->body);

$t->finish;
done_testing;
