#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Many clients decide about one tender at the same time: there are never two
# winners, none without a bid, and what is left fits together.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Api;
use Tender::Award;
use Tender::Test;


my $CLIENTS = 64;

my $t = Tender::Test->new(workers => 2);
my $c = $t->client;


sub count {
    my %n;

    $n{$_}++ for @_;

    return \%n;
}


# what must be true of a tender at any moment

sub sound {
    my ($data) = @_;

    my @awards = @{ $data->{awards} || [] };
    my %bids   = map { $_->{id} => 1 } @{ $data->{bids} || [] };
    my $n      = count(map { $_->{awardStatus} } @awards);
    my $about  = count(map { $_->{bid_id} }
                       grep { $_->{awardStatus} ne 'cancelled'
                              && $_->{bid_id} } @awards);
    my @wrong;

    push @wrong, 'two winners'     if ($n->{active} || 0) > 1;
    push @wrong, 'a winner beside a pending award'
        if $n->{active} && $n->{pending};
    push @wrong, 'an award without a bid'
        if grep { !$bids{$_} } keys %$about;
    push @wrong, 'two awards of a bid'
        if grep { $_ > 1 } values %$about;
    push @wrong, "a winner of a tender that is $data->{status}"
        if ($data->{status} eq 'active.awarded') != !!$n->{active};
    push @wrong, "a pending award of a tender that is $data->{status}"
        if $n->{pending} && $data->{status} !~ /tendering|qualification/;

    return @wrong;
}


sub whole { $c->get($_[0]{path})->json->{data} }


# an award for each client's bid, as a winner

{
    my $one  = tender($c, { %HISTORY });
    my @bid  = map { bid($c, $one, 400 + $_) } 0 .. $CLIENTS - 1;
    my @seen = together($t, $CLIENTS, sub {
        my ($c, $i) = @_;

        return $c->post("$one->{path}/awards", { data => {
            awardStatus => 'active', bid_id => $bid[$i]{id},
        } })->status;
    });

    is_deeply(count(@seen), { 201 => 1, 403 => $CLIENTS - 1 },
              'POST of a winner: one is made');

    my $data = whole($one);

    is_deeply([sound($data)], [], 'there is one winner');
    is($data->{awards}[0]{bid_id}, $bid[(grep { $seen[$_] == 201 }
                                         0 .. $#seen)[0]]{id},
       'who was told so');
}


# each client decides its own pending award

for my $case ([active => 1], [active => 2], [active => 3]) {
    my ($status, $every) = @$case;

    my $one = tender($c, { %HISTORY });
    my @id;

    for my $i (0 .. $CLIENTS - 1) {
        my $bid = bid($c, $one, 400 + $i);

        push @id, $c->post("$one->{path}/awards",
                           { data => { bid_id => $bid->{id} } })
                    ->json->{data}{awardID};
    }

    my @seen = together($t, $CLIENTS, sub {
        my ($c, $i) = @_;

        return $c->patch("$one->{path}/awards/$id[$i]", { data => {
            awardStatus => $i % $every ? 'unsuccessful' : 'active',
        } })->status;
    });

    my $data = whole($one);
    my %now  = map { $_->{awardID} => $_->{awardStatus} }
               @{ $data->{awards} };
    my @won  = grep { $seen[$_] == 200 && $_ % $every == 0 } 0 .. $#seen;
    my @lost = grep { $seen[$_] == 200 && $_ % $every } 0 .. $#seen;

    is_deeply([grep { !/^(200|403)$/ } @seen], [],
              "PATCH, every ${every}th of a winner: made or refused");
    is_deeply([sound($data)], [], 'there is one winner');
    is(@won, 1, 'one was told so');
    is($now{ $id[$won[0]] }, 'active', 'and it is that one');
    is_deeply([grep { $now{ $id[$_] } ne 'unsuccessful' } @lost], [],
              'who was turned down before stays so');
    is_deeply(count(map { $now{$_} } @id),
              { active => 1, @lost ? (unsuccessful => scalar @lost) : (),
                $CLIENTS - 1 - @lost
                ? (cancelled => $CLIENTS - 1 - @lost) : () },
              'all others are cancelled');
}


# all turn down the same one: one does, one follows

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, 400 + $_) } 0 .. 3;
    my $id  = $c->post("$one->{path}/awards",
                       { data => { bid_id => $bid[0]{id} } })
                ->json->{data}{awardID};

    my @seen = together($t, $CLIENTS, sub {
        my ($c) = @_;
        my $r = $c->patch("$one->{path}/awards/$id",
                          { data => { awardStatus => 'unsuccessful' } });

        return [$r->status, $r->header('Location')];
    });

    my $data = whole($one);

    is_deeply(count(map { $_->[0] } @seen), { 200 => 1, 403 => $CLIENTS - 1 },
              'PATCH of one award: it is turned down once');
    is_deeply([sound($data)], [], 'all is sound');
    is_deeply([map { [@$_{qw(awardStatus bid_id)}] }
               sort { $a->{bid_id} eq $bid[0]{id} ? -1 : 1 }
               @{ $data->{awards} }],
              [['unsuccessful', $bid[0]{id}], ['pending', $bid[1]{id}]],
              'one other follows');
    like((grep { defined } map { $_->[1] } @seen)[0],
         qr/\Q$one->{path}\E/, 'the one was told where');
}


# all decide whatever is pending until nothing is left, others look on

for my $round (1 .. 2) {
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, 400 + $_ % 5) } 0 .. 11;

    $c->post("$one->{path}/awards", { data => { bid_id => $bid[0]{id} } });

    my @seen = together($t, $CLIENTS, sub {
        my ($c, $i) = @_;
        my %seen;

        while (1) {
            my $data = $c->get($one->{path})->json->{data};

            $seen{wrong}{$_}++ for sound($data);

            my ($award) = grep { $_->{awardStatus} eq 'pending' }
                          @{ $data->{awards} };

            return \%seen if !$award;

            if ($i % 4 == 0) {
                sleep 0.01;
                next;
            }

            my $to = $i % 4 == 1 && $round == 2
                     && @{ $data->{awards} } > 6 ? 'active'
                                                 : 'unsuccessful';
            my $r = $c->patch("$one->{path}/awards/$award->{awardID}",
                              { data => { awardStatus => $to } });

            $seen{ $r->status }++;
            $seen{$to}++ if $r->status == 200;
        }
    });

    my $data = whole($one);
    my $n    = count(map { $_->{awardStatus} } @{ $data->{awards} });
    my %all;

    for my $seen (@seen) {
        $all{$_} += ref $seen->{$_} ? keys %{ $seen->{$_} } : $seen->{$_}
            for keys %$seen;
    }

    is_deeply([map { sort keys %{ $_->{wrong} || {} } } @seen], [],
              "round $round: sound at any moment");
    is_deeply([grep { !/^(200|403|active|unsuccessful)$/ } keys %all], [],
              'made or refused');
    is($n->{unsuccessful}, $all{unsuccessful},
       'each that was turned down was so once');
    is($n->{active} || 0, $all{active} || 0, 'as was a winner');
    is_deeply([sound($data)], [], 'what is left is sound');
    is($data->{status}, $n->{active} ? 'active.awarded' : 'unsuccessful',
       'it has come to its end');
    is($n->{unsuccessful}, scalar @bid, 'all bids were looked at')
        if !$n->{active};

    my @times = map { $_->[0] } @{ $t->redis('XRANGE', '{b0}:events', '-',
                                             '+') };

    is(scalar(keys %{ count(@times) }), scalar @times,
       'each change has its moment');
}


# all report the auction

{
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, 400 + $_) } 0 .. 9;

    my @seen = together($t, $CLIENTS, sub {
        my ($c, $i) = @_;

        return $c->patch("$one->{path}/auction", { data => { bids => [
            map { { amount => 100 + ($i + $_) % 10 + 10 * $i } } 0 .. 9
        ] } })->status;
    });

    is_deeply(count(@seen), { 200 => 1, 403 => $CLIENTS - 1 },
              'PATCH of the auction: one report is taken');

    my ($who) = grep { $seen[$_] == 200 } 0 .. $#seen;
    my $data  = whole($one);

    is_deeply([map { $_->{totalValue}{amount} } @{ $data->{bids} }],
              [map { 100 + ($who + $_) % 10 + 10 * $who } 0 .. 9],
              'all results are of this one');
    is_deeply([map { [@$_{qw(awardStatus bid_id)},
                      $_->{awardValue}{amount}] } @{ $data->{awards} }],
              [['pending', $bid[(10 - $who % 10) % 10]{id},
                100 + 10 * $who]],
              'the lowest of them is awarded');
    is($data->{status}, 'active.qualification', 'the tender went on');
}


# bids are withdrawn while awards are made about them

for my $round (1 .. 3) {
    my $one = tender($c, { %HISTORY });
    my @bid = map { bid($c, $one, 400 + $_) } 0 .. $CLIENTS / 2 - 1;

    my @seen = together($t, $CLIENTS, sub {
        my ($c, $i) = @_;
        my $id = $bid[$i / 2]{id};

        return $i % 2 ? $c->delete("$one->{path}/bidders/$id")->status
             : $c->post("$one->{path}/awards",
                        { data => { bid_id => $id } })->status;
    });

    my $data = whole($one);

    is_deeply([sound($data)], [], "round $round: each award has its bid");
    is_deeply([grep { $seen[$_] !~ ($_ % 2 ? qr/^(200|403)$/
                                           : qr/^(201|422)$/) }
               0 .. $#seen], [], 'made or refused');
    is_deeply([grep { ($seen[2 * $_] == 201) + ($seen[2 * $_ + 1] == 200)
                      > 1 } 0 .. $#bid], [],
              'a bid was awarded or withdrawn');
    is(scalar @{ $data->{bids} || [] },
       @bid - grep({ $seen[2 * $_ + 1] == 200 } 0 .. $#bid),
       'so many bids are left');
}


$t->finish;
done_testing;
