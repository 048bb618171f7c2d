package Tender::Award;

# Copyright (C) ngx_tender_module contributors

# What tests of awards and of the auction have in common.
#
#   my $one = tender($t, { %HISTORY });          # path, id, token
#   my $bid = bid($t, $one, 400);                # id, token, date
#   my $r   = ask($t, $one, POST => 'awards', { bid_id => $bid->{id} });
#   my ($first) = awards($t, $one);
#
# $t is a Tender::Test or one of its clients; ask() shows the token of the
# tender, unless it is told another one, or none: token => ''.

use strict;
use warnings;

use Exporter 'import';
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);


our @EXPORT = qw(%HISTORY $API tender bid ask awards status_of ends_in
                 until_status event_of together);

our $API = '/api/0.1/tenders';

# a tender without time gate: its end has long passed

our %HISTORY = (
    totalValue   => { amount => 500, currency => 'UAH' },
    tenderPeriod => { endDate => '2014-11-06T10:00:00' },
);


sub tender {
    my ($t, $data, $api) = @_;

    my $r = $t->post($api || $API, { data => $data });

    die 'a tender was not published: ', $r->status, ' ', $r->body
        if $r->status != 201;

    my $id = $r->json->{data}{id};

    return { id => $id, path => ($api || $API) . "/$id",
             token => $r->json->{access}{token} };
}


sub bid {
    my ($t, $tender, $amount, %more) = @_;

    my %data = ref $amount ? %$amount
             : defined $amount
             ? (totalValue => { amount => $amount, currency => 'UAH' }) : ();

    my $r = $t->post("$tender->{path}/bidders", { data => { %data, %more } });

    die 'a bid was not taken: ', $r->status, ' ', $r->body
        if $r->status != 201;

    return { id => $r->json->{data}{id}, date => $r->json->{data}{date},
             token => $r->json->{access}{token} };
}


sub ask {
    my ($t, $tender, $method, $below, $data, %opt) = @_;

    my %headers = %{ $opt{headers} || {} };
    my $token   = $opt{token} // $tender->{token};

    $headers{'X-Access-Token'} = $token if length $token;

    return $t->request($method, "$tender->{path}/$below", \%headers,
                       $data ? { data => $data } : undef);
}


sub awards {
    my ($t, $tender) = @_;

    return @{ $t->get("$tender->{path}/awards")->json->{data} };
}


sub status_of {
    my ($t, $tender) = @_;

    return $t->get($tender->{path})->json->{data}{status};
}


# the moment so many seconds from now, as a date

sub ends_in {
    my ($seconds) = @_;

    my $end = time() + $seconds;

    return sprintf '%s.%03dZ',
           POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime $end),
           ($end - int $end) * 1000;
}


# the clock is moving the tender on

sub until_status {
    my ($t, $tender, $status) = @_;

    my $end = time() + 20;

    while (time() < $end) {
        return 1 if status_of($t, $tender) eq $status;
        sleep 0.05;
    }

    return 0;
}


# the last event, without its time

sub event_of {
    my ($t) = @_;

    my $events = $t->redis('XREVRANGE', '{b0}:events', '+', '-', 'COUNT', 1);

    return { @{ $events->[0][1] } };
}


# n clients that begin code(client, i) at the same moment: their results

sub together {
    my ($t, $n, $code) = @_;

    my $go = $t->dir . '/go';

    unlink $go;

    my @jobs = map { my $i = $_; $t->background(sub {
        my $c = $t->client(timeout => 30);

        $c->connect;
        sleep 0.002 until -e $go;

        return $code->($c, $i);
    }) } 0 .. $n - 1;

    $t->write_file('go', '');

    return map { scalar $_->result } @jobs;
}


1;
