#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A tender that may be changed gets a time gate while others change it: from
# the moment of the gate on, none of their changes is taken, and no bid that
# all have seen is sealed.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $CLIENTS = 8;
my $API     = '/api/0.1/tenders';
my $t       = Tender::Test->new(workers => 4);
my @ids     = map { publish($t, { title => '0' })->{id} } 1 .. 24;


# changes each tender again and again: when its changes were taken; the last
# client bids, for every third one

sub changer {
    my ($k) = @_;

    my $c = $t->client;
    my %taken;

    for my $i (0 .. $#ids) {
        my $id = $ids[$i];

        next if $k == $CLIENTS && $i % 3;

        for my $n (1 .. 400) {
            my $r = $k < $CLIENTS
                  ? $c->patch("$API/$id", { data => { title => "$k $n" } })
                  : $c->post("$API/$id/bidders",
                             { data => { totalValue => { amount => $n } } });

            if ($r->status =~ /^20/) {
                push @{ $taken{$id} },
                     $k < $CLIENTS ? $r->json->{data}{modified} : 'bid';
            }

            last if $r->status == 403 || $k == $CLIENTS;
        }
    }

    return \%taken;
}

my @jobs = map { my $k = $_; $t->background(sub { changer($k) }) }
           1 .. $CLIENTS;
my $c    = $t->client;
my $end  = date_in(3600) . 'Z';
my (%gated, %refused, @wrong);

for my $id (@ids) {
    my $r;

    $t->wait_for(sub { revisions($t, $id) > 3 });

    # a busy machine may have it tried in vain: then nothing was changed

    $t->wait_for(sub {
        $r = $c->patch("$API/$id",
                       { data => { tenderPeriod => { endDate => $end } } });
        $r->status != 409;
    });

    if ($r->status == 200) {
        $gated{$id} = $r->json->{data}{modified};

    } else {
        push @wrong, "$id: " . $r->body
            if $r->body !~ /everybody has seen the bids/;

        # let the others go on
        $refused{$id} = 1;
        $c->patch("$API/$id", { data => { status => 'cancelled' } });
    }
}

for my $taken (map { $_->result } @jobs) {
    for my $id (keys %$taken) {
        push @wrong, map { "$id: $_ after $gated{$id}" }
                     grep { $_ ne 'bid' && $gated{$id} && $_ gt $gated{$id} }
                     @{ $taken->{$id} };
    }
}

is_deeply(\@wrong, [], 'nothing changed behind a gate');
cmp_ok(keys(%gated) + keys(%refused), '==', @ids, 'each was tried');
cmp_ok(keys(%gated), '>', 8, 'most of them were gated');
diag(keys(%gated) . ' were gated, ' . keys(%refused) . ' had bids');

for my $id (sort keys %gated) {
    my $seal = (split / /, $t->redis('HGET', "{b0}:tender:$id", 'more'))[4];

    is($seal, 's', 'bids of a gated one are sealed');
}

$t->finish;
done_testing;
