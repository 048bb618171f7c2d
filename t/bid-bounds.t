#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# What one tender may take from all others: the size of its bids together,
# the files of bids that are withdrawn, of uploads that break off.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Clock;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END', workers => 2);
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off;
                             client_max_body_size 2m; }
END
my $c = $t->client;


# bids of one tender, all of which are read at once

my $large = 'x' x 9_900;
my $names = join ',', map { qq({"id":{"name":"$large"}}) } 1 .. 3;
my $body  = qq({"data":{"bidders":[$names],"totalValue":{"amount":5}}});

for my $tender ({ id => publish($t, {})->{id} },
                gated($t, start => -60, end => 3600))
{
    my $url = "$API/$tender->{id}/bidders";
    my ($r, @bids);

    for (1 .. 200) {
        $r = $c->post($url, $body);
        last if $r->status != 201;
        push @bids, $r->json;
    }

    refused($r, 403, [body => 'data', 'The bids of the tender would be larger '
                                      . 'than 4194304 bytes together'],
            'no more than 4 MB');
    cmp_ok(scalar @bids, '>', 130, 'but that');

    my $one = "$url/$bids[0]{data}{id}";
    my $own = { 'X-Access-Token' => $bids[0]{access}{token} };

    is($c->patch($one, '{"data":{"bidders":null}}', $own)->status, 200,
       'one gets smaller');
    is($c->post($url, $body)->status, 201, 'and there is room');
    is($c->post($url, $body)->status, 403, 'for one');
    is($c->patch($one, $body, $own)->status, 403, 'not for two');
    is($c->delete("$url/$bids[1]{data}{id}")->status, 200, 'one goes');
    is($c->post($url, $body)->status, 201, 'and another one comes');

    my $sum = 0;

    $sum += length s/^[^\n]*\n//r
        for @{ $t->redis('HVALS', "{b0}:tender:$tender->{id}:bids") };

    is($t->redis('HGET', "{b0}:tender:$tender->{id}", 'weight'), $sum,
       'the sum is right');
}

# awards are read without bids

my $before = $t->redis('INFO', 'stats') =~ /total_net_output_bytes:(\d+)/
             ? $1 : 0;
my ($id) = map { /(\w{32}):bids$/ } @{ $t->redis('KEYS', '*:bids') };

is($c->get("$API/$id/awards")->status, 200, 'awards') for 1 .. 5;
$t->redis('INFO', 'stats') =~ /total_net_output_bytes:(\d+)/;
cmp_ok($1 - $before, '<', 200_000, 'without the bids');


# a withdrawn bid takes its documents along

my $tender = gated($t, start => -60, end => 3600);
my $url = "$API/$tender->{id}/bidders";
my $bid = $t->post($url, '{"data":{"totalValue":{"amount":5}}}')->json;
my %own = ('X-Access-Token' => $bid->{access}{token},
           'Content-Type' => 'text/plain',
           'Content-Disposition' => 'attachment; filename="a.txt"');
my $documents = "$url/$bid->{data}{id}/documents";

sub files { scalar @{ $t->redis('KEYS', '*:file:*') } }

my $r = $t->request('POST', $documents, \%own, 'x' x 600_000);
is($r->status, 201, 'a document');
is($t->request('PUT', "$documents/" . $r->json->{data}{id}, \%own, 'new')
     ->status, 200, 'a new version');
is($t->request('POST', $documents, \%own, 'y')->status, 201, 'another one');
is(files(), 3, 'three files');
is($t->delete("$url/$bid->{data}{id}", { %own })->status, 200, 'withdrawn');
ok($t->wait_for(sub { files() == 0 }, 3), 'the files are gone');
is_deeply($t->redis('KEYS', '*:documents:*'), [], 'and what was said of them');


# an upload that breaks off, or gets too large on its way

my $path = "$API/" . publish($t, {})->{id} . '/documents';
my $head = "POST $path HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
           . "Content-Disposition: attachment; filename=\"a\"\r\n";

for my $n (1 .. 5) {
    my $client = $t->client;

    $client->send($head . "Content-Length: 1900000\r\n\r\n" . 'x' x 900_000);
    ok($t->wait_for(sub { files() }, 3), "upload $n: on its way");
    $client->close;
    ok($t->wait_for(sub { files() == 0 }, 3), "upload $n: gone");
}

like($t->raw($head . "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
             . ("61a80\r\n" . 'x' x 400_000 . "\r\n") x 8 . "0\r\n\r\n"),
     qr/^HTTP\/1\.1 413 /, 'too large on its way');
ok($t->wait_for(sub { files() == 0 }, 3), 'nothing of it stays');

$t->finish;
done_testing;
