#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Who may do what in which status, with a time gate and without: everything
# that a tender and its bids, awards and auction can be asked for.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Test;


my $t = Tender::Test->new(
    http     => 'tender_chronograph off;',
    location => <<'END');
        location /sandbox/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /own/     { tender_api 0.1; tender_anonymous write; }
        location /auction/ { tender_api 0.1; tender_anonymous auction; }
        location /admin/   { tender_api 0.1; tender_anonymous admin; }
END

my $c = $t->client;


# who asks: where, and whose token he shows

my %role = (
    stranger => ['/own'],
    buyer    => ['/own', 'tender'],
    bidder   => ['/own', 'bid'],
    rival    => ['/own', 'rival'],
    auction  => ['/auction'],
    admin    => ['/admin'],
    sandbox  => ['/sandbox'],
);

my $BID = '{"data":{"totalValue":{"amount":400}}}';

# what is asked for

my %deed = (
    read        => [GET => ''],
    edit        => [PATCH => '', '{"data":{"method":"Limited"}}'],
    replace     => [PUT => '', '{"data":{"method":"Limited","totalValue":{'
                        . '"amount":500,"currency":"UAH"}}}'],
    cancel      => [PATCH => '', '{"data":{"status":"cancelled"}}'],
    close       => [PATCH => '', '{"data":{"status":"complete"}}'],
    reopen      => [PATCH => '', '{"data":{"status":"active.tendering"}}'],
    bid         => [POST => '/bidders', $BID],
    bids        => [GET => '/bidders'],
    see         => [GET => '/bidders/:bid'],
    bytes       => [GET => '/bidders/:bid?opt_sealed=1'],
    change      => [PATCH => '/bidders/:bid', $BID],
    overwrite   => [PUT => '/bidders/:bid', $BID],
    judge       => [PATCH => '/bidders/:bid',
                    '{"data":{"status":"invalidBid"}}'],
    withdraw    => [DELETE => '/bidders/:bid'],
    awards      => [GET => '/awards'],
    award       => [POST => '/awards',
                    '{"data":{"bid_id":":bid","awardStatus":"pending"}}'],
    decide      => [PATCH => '/awards/:award',
                    '{"data":{"awardStatus":"active"}}'],
    auction     => [GET => '/auction'],
    report      => [PATCH => '/auction',
                    '{"data":{"bids":[{"amount":300},{"amount":301}]}}'],
);

# Enquiries Tendering Auction Qualification aWarded Complete Unsuccessful X

my @letters = qw(E T A Q W C U X);
my %letter;

@letter{@STAGES} = @letters;


# Each rule: who has a say, in which statuses with a time gate and without,
# and what those are told who may not: "no", or what cannot be done then.
# "auction" has no way to write but one: it is told that it needs credentials.

my @all = sort keys %role;
my @buyers  = qw(buyer admin sandbox);
my @bidders = qw(bidder admin sandbox);

my %rule = (
    read      => [\@all, 'ETAQWCUX', 'ETAQWCUX'],
    edit      => [\@buyers, 'E', 'ET', 'update tender'],
    replace   => [\@buyers, 'E', 'ET', 'update tender'],
    cancel    => [\@buyers, 'ETAQWX', 'ETAQWX', 'cancel tender'],
    close     => [\@buyers, 'WC', 'WC', 'complete tender'],
    reopen    => [\@buyers, 'T', 'T', undef],
    bid       => [[grep { $_ ne 'auction' } @all], 'T', 'T', 'add bid'],
    bids      => [\@all, 'QWCU', 'ETAQWCUX', 'view bids'],
    see       => [\@all, 'QWCU', 'ETAQWCUX', 'view bid'],
    bytes     => [\@all, 'QWCU', 'ETAQWCUX', 'view bid'],
    change    => [\@bidders, 'T', 'T', 'update bid'],
    overwrite => [\@bidders, 'T', 'T', 'update bid'],
    judge     => [\@buyers, 'Q', 'TQ', 'update bid'],
    withdraw  => [\@bidders, 'T', 'T', 'delete bid'],
    awards    => [\@all, 'ETAQWCUX', 'ETAQWCUX'],
    award     => [\@buyers, 'Q', 'TQ', 'create award'],
    decide    => [\@buyers, 'Q', 'TQ', 'update award'],
    auction   => [[qw(auction admin sandbox)], 'A', 'ETAQWCUX',
                  'get auction info'],
    report    => [[qw(auction admin sandbox)], 'A', 'T',
                  'report auction results'],
);

is_deeply([sort keys %rule], [sort keys %deed], 'a rule for every deed');


# what comes of it: ok, no, needed, or the words of a refusal

sub expected {
    my ($deed, $role, $letter, $gated) = @_;

    my ($who, $with, $without, $words) = @{ $rule{$deed} };
    my $sealed = $gated && $letter =~ /[ETAX]/;
    my $mine   = grep { $_ eq $role } @$who;
    my $then   = index($gated ? $with : $without, $letter) >= 0;
    my $write  = $deed{$deed}[0] ne 'GET';

    return 'needed' if $role eq 'auction' && $write && $deed ne 'report';

    # a bidder sees his own at any time
    return 'ok' if $deed =~ /^(?:see|bytes)$/ && $role eq 'bidder';

    # at what is his to do, the buyer may find that he does nothing
    return 'ok' if $deed eq 'change' && $role eq 'buyer' && !$sealed;
    return 'ok' if $deed eq 'overwrite' && $role eq 'buyer' && !$sealed;
    return 'ok' if $deed eq 'judge' && $role eq 'bidder';

    if ($deed eq 'judge' && $sealed) {
        # who may do all, also in a sandbox
        return 'no' if $role !~ /^(?:admin|sandbox)$/;
        return $letter eq 'T' ? 'ok' : $words;
    }

    # when there is an auction is known, before who may see it
    return $then ? 'ok' : $words
        if $deed eq 'auction' && ($mine || !$gated);
    return $then ? 'no' : $words if $deed eq 'auction';

    return 'no' if !$mine;
    return 'reopen' if !defined $words && !$then;

    return $then ? 'ok' : $words;
}


# each deed on the same tender, which is brought back when it has changed

my ($tender, $bid, $rival, $award, $kept);

sub prepare {
    my ($status, $gated) = @_;

    $t->redis('FLUSHDB');

    $tender = issue($t, {}, path => '/own/tenders', $gated
                    ? (from => -60, till => 36_000) : ());
    $bid = offer($t, $tender, 450);
    $rival = offer($t, $tender, 460);

    put_stage($t, $tender->{id}, $status);
    $kept = keep_store($t);

    # and with an award that is pending
    put_stage($t, $tender->{id}, 'active.qualification');

    my $r = $c->post("/admin/tenders/$tender->{id}/awards",
                     "{\"data\":{\"bid_id\":\"$rival->{id}\"}}");

    put_stage($t, $tender->{id}, $status);
    $award = { id => $r->json->{data}{awardID}, kept => keep_store($t) };
    bring_back($t, $kept);
}


sub ask {
    my ($deed, $role) = @_;

    my ($at, $whose) = @{ $role{$role} };
    my ($method, $path, $body) = @{ $deed{$deed} };
    my %token = (tender => $tender, bid => $bid, rival => $rival);
    my %header;

    $header{'X-Access-Token'} = $token{$whose}{token} if $whose;

    for ($path, $body || ()) {
        s/:bid/$bid->{id}/;
        s/:award/$award->{id}/;
    }

    return $c->request($method, "$at/tenders/$tender->{id}$path", \%header,
                       $body);
}


sub outcome {
    my ($r) = @_;

    my $error = $r->status >= 400 ? $r->json->{errors}[0] : undef;
    my $text = $error && ref $error ? $error->{description} : '';

    return $r->status == 401 ? 'needed'
         : $r->status < 300  ? 'ok'
         : $r->status != 403 ? $r->status . " $text"
         : $text eq 'Forbidden' ? 'no'
         : $text eq "Can't update tender status" ? 'reopen'
         : $text =~ /^Can't (.+) in current \(\S+\) tender status$/ ? $1
         : $text;
}


my $checks = 0;

for my $gated (0, 1) {
    for my $status (@STAGES) {
        my $letter = $letter{$status};
        my @wrong;

        prepare($status, $gated);

        for my $deed (sort keys %deed) {
            my $used = $deed eq 'decide' ? $award->{kept} : $kept;

            for my $role (@all) {
                bring_back($t, $used) if $deed eq 'decide';

                my $before = everything($t);
                my $r = ask($deed, $role);
                my $got = outcome($r);
                my $want = expected($deed, $role, $letter, $gated);
                my $changed = everything($t) ne $before;

                push @wrong, "$role $deed: $got, not $want"
                    if $got ne $want;
                push @wrong, "$role $deed: refused, but it has changed"
                    if $changed && $got ne 'ok';
                push @wrong, "$role $deed: it has not changed"
                    if !$changed && $got eq 'ok'
                       && $deed{$deed}[0] ne 'GET'
                       && $deed !~ /^(?:cancel|close|reopen)$/
                       && "$role $deed" !~ /^(?:buyer\ (?:change|overwrite)|
                                              bidder\ judge)$/x;
                $checks += 2;
                bring_back($t, $kept) if $changed || $deed eq 'decide';
            }
        }

        ok(!@wrong, ($gated ? 'with' : 'without') . " a time gate: $status")
            or diag(join "\n", @wrong);
    }
}

cmp_ok($checks, '>=', 2 * 2 * 8 * 7 * 19, "$checks checks");

$t->finish;
done_testing;
