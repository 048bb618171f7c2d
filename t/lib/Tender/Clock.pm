package Tender::Clock;

# Copyright (C) ngx_tender_module contributors

# Tenders that live by Redis's clock.
#
#   my $tender = gated($t, start => -1, end => 1.5);  # seconds from now
#   my $bid = bid($t, $tender, 490);
#   until_us($t, $tender->{end});                     # of Redis's clock
#   my $data = turned($t, $tender, 'active.auction'); # what is shown then
#
# Everything that names a tender takes what gated() has returned: id, token,
# start, end (µs), and the data that was shown.

use strict;
use warnings;

use Digest::SHA ();
use Exporter 'import';
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep);


our @EXPORT = qw($API now_us until_us iso gated gated_dates bid plant shown
                 turned statuses indexes due hashes_of own_copy bucket_tag);

our $API = '/api/0.1/tenders';

my $MONEY = { currency => 'UAH', valueAddedTaxIncluded => JSON::PP::true };


sub now_us {
    my ($t) = @_;

    my $time = $t->redis('TIME');

    return $time->[0] * 1_000_000 + $time->[1];
}


sub until_us {
    my ($t, $us) = @_;

    my $left;

    sleep $left / 1e6 while ($left = $us - now_us($t)) > 0;
}


sub iso {
    my ($us) = @_;

    return POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime int($us / 1e6))
           . sprintf '.%03dZ', $us / 1000 % 1000;
}


# periods: seconds from now; enquiries end, tendering starts and ends; with
# us they are moments

sub gated_dates {
    my ($t, %opt) = @_;

    my $now = now_us($t);
    my %at;

    # whole milliseconds, as they are sent
    $at{$_} = 1000 * int(($now + 1e6 * $opt{$_}) / 1000)
        for grep { defined $opt{$_} } qw(enquiries start end);

    my %data;

    $data{clarificationPeriod}{endDate} = iso($at{enquiries})
        if $at{enquiries};
    $data{tenderPeriod}{startDate} = iso($at{start}) if $at{start};
    $data{tenderPeriod}{endDate}   = iso($at{end}) if $at{end};

    return (\%data, \%at);
}


sub gated {
    my ($t, %opt) = @_;

    my ($periods, $at) = gated_dates($t, %opt);
    my $r = ($opt{client} || $t)->post($API, { data => {
        totalValue => { amount => 500, %$MONEY },
        %$periods, %{ $opt{data} || {} },
    } }, $opt{headers} || {});

    die 'a tender was not published: ', $r->status, ' ', $r->body
        if $r->status != 201;

    my $answer = $r->json;

    return { %$at, id => $answer->{data}{id}, data => $answer->{data},
             token => $answer->{access}{token} };
}


# a bid that is handed in: id, token, receipt, data

sub bid {
    my ($t, $tender, $amount, %opt) = @_;

    my $r = ($opt{client} || $t)->post("$API/$tender->{id}/bidders", { data => {
        bidders    => [{ id => { name => "Bidder $amount" } }],
        totalValue => { amount => $amount, %$MONEY },
    } });

    die 'a bid was not taken: ', $r->status, ' ', $r->body
        if $r->status != 201;

    my $answer = $r->json;

    return { id => $answer->{data}{id}, data => $answer->{data},
             token => $answer->{access}{token},
             receipt => $answer->{receipt} || $answer->{data}{receipt} };
}


sub bucket_tag {
    my ($tender, $buckets) = @_;

    return '{b' . hex(substr $tender->{id}, 0, 7) % ($buckets || 1) . '}:';
}


# bids straight into the store: an id and JSON for each

sub plant {
    my ($t, $tender, $buckets, @bids) = @_;

    my $key = bucket_tag($tender, $buckets) . "tender:$tender->{id}";
    my ($version, undef, @rest) = split / /, $t->redis('HGET', $key, 'more');
    my $us = now_us($t);

    while (my @some = splice @bids, 0, 100) {
        $t->redis('HSET', "$key:bids", map {
            ($_->[0], "$us $us registration anonymous - -\n$_->[1]")
        } @some);
    }

    $t->redis('HSET', $key, 'more', join ' ', $version + 1,
              $t->redis('HLEN', "$key:bids"), @rest);
}


sub shown {
    my ($t, $tender, $client) = @_;

    my $r;

    # a worker may still be waiting to connect again
    $t->wait_for(sub {
        $r = ($client || $t)->get("$API/$tender->{id}");
        $r->status != 503;
    });

    return $r->status == 200 ? $r->json->{data} : { status => $r->status };
}


# waits until it has this status; what is shown then

sub turned {
    my ($t, $tender, $status, $name, $timeout) = @_;

    my $data;
    my $ok = $t->wait_for(sub {
        $data = shown($t, $tender);
        $data->{status} eq $status;
    }, $timeout || 10);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok($ok, $name || "it is $status") or diag("it is $data->{status}");

    return $data;
}


# what the clock has made of a tender, in order

sub statuses {
    my ($t, $tender, $buckets) = @_;

    my @events = map { +{ @{ $_->[1] } } }
                 @{ $t->redis('XRANGE', bucket_tag($tender, $buckets)
                                        . 'events', '-', '+') };

    return [map { $_->{part} }
            grep { $_->{op} eq 'status' && $_->{id} eq $tender->{id} }
            @events];
}


# the indexes of statuses that have it: "status date"

sub indexes {
    my ($t, $tender, $buckets) = @_;

    my $tag = bucket_tag($tender, $buckets);
    my @found;

    for my $status (qw(active.enquiries active.tendering active.auction
                       active.qualification active.awarded complete
                       unsuccessful cancelled))
    {
        push @found, map { "$status " . substr $_, 33, 24 }
                     grep { /^\Q$tender->{id}\E/ }
                     @{ $t->redis('ZRANGE', "${tag}idx:status:$status", 0,
                                  -1) };
    }

    return \@found;
}


# its moment in the list of deadlines, or undef

sub due {
    my ($t, $tender, $buckets) = @_;

    return $t->redis('ZSCORE', bucket_tag($tender, $buckets) . 'due',
                     $tender->{id});
}


# a bid as it was stored at the end of tendering

sub own_copy {
    my ($t, $tender, $bid) = @_;

    return $t->get("$API/$tender->{id}/bidders/$bid->{id}?opt_sealed=1"
                   . "&acc_token=$bid->{token}");
}


sub hashes_of {
    return [sort map { Digest::SHA::sha256_hex($_) } @_];
}


1;
