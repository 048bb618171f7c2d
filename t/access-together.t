#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Many requests show one login at the same time: its password is checked once,
# and a good one is refused to nobody.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;


my $CLIENTS = 40;

my $t = access_test(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_auth basic;
                             tender_auth_cache 1h; }
        location /off/     { tender_api 0.1; tender_auth basic;
                             tender_auth_cache off; }
END

my $account = account($t, scopes => ['read']);

user($t, $account, login => $_, password => "secret of $_")
    for qw(ann bob eve);


sub basic { { Authorization => 'Basic ' . encode_base64(join(':', @_), '') } }

sub tries {
    my ($calls) = $t->redis('INFO', 'commandstats')
                  =~ /cmdstat_incr:calls=(\d+)/;

    return ($calls || 0) / 2;
}


# requests that are all sent before the first is answered

sub together {
    my ($n, $headers, $place) = @_;

    my @clients = map { $t->client(timeout => 30) } 1 .. $n;
    my $head = join '', map { "$_: $headers->{$_}\r\n" } sort keys %$headers;

    $_->connect for @clients;
    $_->send("GET $place/tenders HTTP/1.1\r\nHost: localhost\r\n$head\r\n")
        for @clients;

    my %status;

    $status{ $_->receive('GET')->status }++ for @clients;

    return \%status;
}


is_deeply(together($CLIENTS, basic('ann', 'secret of ann'), '/api/0.1'),
          { 200 => $CLIENTS }, 'all are let in');
is(tries(), 1, 'the password was checked once');
is_deeply(together(5, basic('ann', 'secret of ann'), '/api/0.1'),
          { 200 => 5 }, 'and so they are later');
is(tries(), 1, 'without another check');

my $status = together(20, basic('bob', 'wrong'), '/api/0.1');

is_deeply($status, { 401 => 10, 429 => 10 }, 'a wrong one is tried ten times');
is(tries(), 21, 'each of them counts');


# who is first may leave: another one goes on

{
    my @clients = map { $t->client(timeout => 30) } 1 .. 6;
    my $header  = basic('eve', 'secret of eve')->{Authorization};

    $_->connect for @clients;
    $_->send("GET /api/0.1/tenders HTTP/1.1\r\nHost: localhost\r\n"
             . "Authorization: $header\r\n\r\n") for @clients;

    (shift @clients)->close;

    is_deeply([map { $_->receive('GET')->status } @clients],
              [(200) x 5], 'the first has left, the others are let in');
}

$t->finish;
done_testing;
