#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# 64 clients hand in, change and withdraw bids on one tender, while others
# change and read it: what was answered is what is stored, and all of it.

use strict;
use warnings;

use Digest::SHA ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $CLIENTS = 64;
my $MAX     = 20;

my %common = (
    workers => 2,
    http    => 'tender_redis_timeout 20s; keepalive_requests 100000;',
);

my $t = Tender::Test->new(%common, location => <<"END");
    location /api/0.1/ {
        tender_api 0.1;
        tender_anonymous write;
        tender_ownership off;
    }
    location /few/ {
        tender_api 0.1;
        tender_anonymous write;
        tender_ownership off;
        tender_max_bids $MAX;
    }
END


# children that begin at the same moment

sub together {
    my ($n, $code, $meanwhile) = @_;

    unlink map { $t->dir . "/$_" } 'go', 'stop';

    my $child = sub {
        my ($code, $k) = @_;

        return $t->background(sub {
            my $c = $t->client(timeout => 60);

            $c->connect;
            sleep 0.002 until -e $t->dir . '/go';

            return $code->($c, $k);
        });
    };

    my @others = map { $child->($meanwhile, $_) } $meanwhile ? 1 .. 6 : ();
    my @jobs   = map { $child->($code, $_) } 0 .. $n - 1;

    $t->write_file('go', '');

    my @results = map { scalar $_->result } @jobs;

    $t->write_file('stop', '');

    return (\@results, map { scalar $_->result } @others);
}


sub money {
    my ($amount) = @_;

    return qq("totalValue":{"amount":$amount,"currency":"UAH"});
}


sub parse {
    my ($r) = @_;

    my ($hash, $us) = $r->body =~ /"hash":"(\w+)","received":(\d+)/;
    my ($id, $token) = $r->body =~ /"id":"(\w{32})"(?:.*"token":"(\w+)")?/;

    return { id => $id, token => $token, hash => $hash, us => $us };
}


# a bid's line, and its JSON

sub stored_bids {
    my ($id) = @_;

    my %bids = @{ $t->redis('HGETALL', "{b0}:tender:$id:bids") };

    return { map { $_ => [$bids{$_} =~ /^(.*?)\n(.*)\z/s] } keys %bids };
}


# [us, author, what, bid, JSON before]

sub journal {
    my ($id) = @_;

    return map { [split / /, $_, 5] }
           @{ $t->redis('LRANGE', "{b0}:tender:$id:journal", 0, -1) };
}


sub counted {
    my ($id) = @_;

    return (split / /, $t->redis('HGET', "{b0}:tender:$id", 'more'))[1];
}


sub hash { Digest::SHA::sha256_hex($_[0]) }


# events of this tender: {us, op, part}

sub events_of {
    my ($id) = @_;

    return grep { $_->{id} eq $id }
           map { +{ us => $_->[0] =~ s/-0$//r, @{ $_->[1] } } }
           @{ $t->redis('XRANGE', '{b0}:events', '-', '+') };
}


sub increasing {
    my (@values) = @_;

    return !grep { $values[$_] <= $values[$_ - 1] } 1 .. $#values;
}


ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it works');


# One client: bids of its own, which it adds, changes and withdraws.  Returns
# what each should be now, what it withdrew, and how often it did what.

sub bidder {
    my ($c, $k, $path) = @_;

    my (%mine, @gone, %count, @wrong);
    my $amount = 1_000_000 + $k * 1000;

    srand 1 + $k;

    for my $n (1 .. 14) {
        my @ids  = sort keys %mine;
        my $what = @ids < 2 || rand() < 0.4 ? 'add'
                 : rand() < 0.7 ? 'change' : 'remove';
        my $id   = $ids[rand @ids];
        my $url  = $what eq 'add' ? $path
                 : "$path/$id?acc_token=$mine{$id}{token}";
        my $body = '{"data":{' . money(++$amount) . '}}';
        my $r    = $what eq 'add'    ? $c->post($url, $body)
                 : $what eq 'change' ? $c->patch($url, $body)
                                     : $c->delete($url);

        push @wrong, "$what: " . $r->status . ' ' . $r->body
            if $r->status != ($what eq 'add' ? 201 : 200);

        my $bid = parse($r);

        $count{$what}++;

        if ($what eq 'remove') {
            push @gone, $id;
            push @wrong, $r->body
                if $r->body !~ /"amount":$mine{$id}{amount}\b/;
            delete $mine{$id};
            next;
        }

        push @wrong, $r->body if $r->body !~ /"amount":$amount\b/;
        $bid->{token} ||= $mine{$id}{token} if $what eq 'change';
        $mine{ $bid->{id} } = { %$bid, amount => $amount,
                                changes => ++$count{all} };
    }

    return { mine => \%mine, gone => \@gone, count => \%count,
             wrong => \@wrong };
}


# Reads a tender all the time, and a few times at least: bids that are shown
# are complete, a tag has one body, time does not go back.

sub reader {
    my ($c, $k, $path) = @_;

    my (%body, @wrong);
    my ($last, $reads, $bids) = ('', 0, 0);

    while ($reads < 4 || !-e $t->dir . '/stop') {
        my $r    = $c->get($path);
        my $tag  = $r->header('ETag') || '';
        my $data = $r->status == 200 ? $r->json->{data} : {};
        my $seen = $data->{bids} || [];

        $reads++;
        $bids = @$seen if @$seen > $bids;
        push @wrong, $r->status . ' ' . $r->body if $r->status != 200;
        push @wrong, "$data->{numberOfBids} but " . @$seen
            if @$seen != ($data->{numberOfBids} || 0);
        push @wrong, "$tag after $last" if $tag lt $last;
        push @wrong, "$tag: $body{$tag}, now " . $r->body
            if ($body{$tag} //= $r->body) ne $r->body;
        push @wrong, "$k: not by date"
            if grep { $seen->[$_]{date} lt $seen->[$_ - 1]{date} }
                    1 .. $#$seen;
        $last = $tag;

        %body = ($tag => $body{$tag});
    }

    return { wrong => \@wrong, reads => $reads, bids => $bids,
             states => $last };
}


# what clients were told, and what is stored

sub same_as_stored {
    my ($name, $id, @seen) = @_;

    my %mine  = map { %{ $_->{mine} } } @seen;
    my @gone  = map { @{ $_->{gone} } } @seen;
    my $bids  = stored_bids($id);
    my %count;

    for my $seen (@seen) {
        $count{$_} += $seen->{count}{$_} for keys %{ $seen->{count} };
    }

    is_deeply([map { @{ $_->{wrong} } } @seen], [],
              "$name: all is taken, and answered with what it is about");
    is_deeply({ map { $_ => hash($bids->{$_}[1]) } keys %$bids },
              { map { $_ => $mine{$_}{hash} } keys %mine },
              "$name: exactly these bids, as their receipts say");
    is_deeply([grep { $bids->{$_}[1] !~ /"amount":$mine{$_}{amount}\b/ }
                   keys %mine], [], "$name: with their amounts");
    is_deeply([grep { (split / /, $bids->{$_}[0])[1] != $mine{$_}{us} }
                   keys %mine], [], "$name: and moments");
    is_deeply([grep { $bids->{$_} } @gone], [],
              "$name: what was withdrawn is not there");
    is(counted($id), keys %mine, "$name: and they are counted");

    my @journal = journal($id);
    my %done;

    $done{ $_->[2] }++ for @journal;
    is_deeply(\%done, { map { $_ => $count{$_} } qw(add change remove) },
              "$name: the journal has each of them once");

    return @journal;
}


# an open tender: everybody sees what happens

{
    my $tender = { id => $t->post($API, { data => {} })->json->{data}{id} };
    my $path   = "$API/$tender->{id}";
    my ($seen, @readers) = together($CLIENTS, sub {
        bidder(@_, "$path/bidders");
    }, sub { reader(@_, $path) });

    my @journal = same_as_stored('open', $tender->{id}, @$seen);

    is_deeply([map { @{ $_->{wrong} } } @readers], [],
              'open: every reading is of one moment');
    cmp_ok((sort { $a <=> $b } map { $_->{reads} } @readers)[0], '>', 3,
           'open: and there were some');
    cmp_ok((sort { $a <=> $b } map { $_->{bids} } @readers)[-1], '>', 10,
           'open: with many bids');

    my @us = map { $_->[0] } @journal;

    ok(increasing(@us), 'open: each change has a later moment');

    my @events = events_of($tender->{id});

    is(shift(@events)->{op}, 'create', 'open: it was published');
    is_deeply([map { "$_->{us} $_->{op} $_->{part}" } @events],
              [map { "$_->[0] bid $_->[3]" } @journal],
              'open: an event for each change');

    my $list = $t->get("$path/bidders")->json->{data};

    is(@$list, counted($tender->{id}), 'open: the list has all of them');
    is(sprintf('"%014x"', $us[-1]), $t->get($path)->header('ETag'),
       'open: the tender is as old as the last change');
}


# a sealed one: nobody sees any of it

{
    my $tender = gated($t, end => 600, data => { totalValue => {
        amount => 2_000_000, currency => 'UAH',
    } });
    my $path  = "$API/$tender->{id}";
    my $first = $t->get($path);
    my ($seen, @readers) = together($CLIENTS, sub {
        bidder(@_, "$path/bidders");
    }, sub { reader(@_, $path) });

    same_as_stored('sealed', $tender->{id}, @$seen);

    is_deeply([map { @{ $_->{wrong} } } @readers], [],
              'sealed: every reading is good');
    is_deeply([map { $_->{bids} } @readers], [(0) x @readers],
              'sealed: and has no bid');
    is($t->get($path)->body, $first->body, 'sealed: the tender is unmoved');
    is($t->get($path)->header('ETag'), $first->header('ETag'),
       'sealed: so is its tag');
    is(events_of($tender->{id}), 1, 'sealed: no event');

    my %mine  = map { %{ $_->{mine} } } @$seen;
    my @wrong = grep {
        my $r = $t->get("$path/bidders/$_?acc_token=$mine{$_}{token}");

        $r->status != 200 || $r->body !~ /"hash":"$mine{$_}{hash}"/;
    } keys %mine;

    is_deeply(\@wrong, [], 'sealed: each owner reads his own');
}


# so many and no more

for my $kind ('open', 'sealed') {
    my $id = $kind eq 'open' ? $t->post($API, { data => {} })->json->{data}{id}
                             : gated($t, end => 600)->{id};
    my ($seen) = together($CLIENTS, sub {
        my ($c, $k) = @_;
        my %count;
        my @mine;

        for my $n (1 .. 6) {
            my $r = $c->post("/few/tenders/$id/bidders",
                             '{"data":{' . money(100 + $k) . '}}');

            $count{ $r->status }++;
            $count{text}++ if $r->body
                =~ /Can't add bid: the tender has as many as it takes/;
            push @mine, parse($r)->{id} if $r->status == 201;

            if (@mine && $n % 2 == 0) {
                my $bid = shift @mine;

                $r = $c->delete("$API/$id/bidders/$bid");
                $count{'removed ' . $r->status}++;
            }
        }

        return \%count;
    });

    my %count;

    for my $one (@$seen) {
        $count{$_} += $one->{$_} for keys %$one;
    }

    diag(join ', ', map { "$_: $count{$_}" } sort keys %count);

    is_deeply([sort grep { !/^(?:201|403|text|removed 200)$/ } keys %count],
              [], "$kind: taken or refused");
    is($count{text}, $count{403}, "$kind: with the reason");

    my ($now, $most) = (0, 0);

    for my $entry (journal($id)) {
        $now += $entry->[2] eq 'add' ? 1 : -1;
        $most = $now if $now > $most;
    }

    is($most, $MAX, "$kind: at no time there were more than $MAX");
    is($now, $count{201} - ($count{'removed 200'} || 0), "$kind: all told");
    is($t->redis('HLEN', "{b0}:tender:$id:bids"), $now, "$kind: are stored");
    is(counted($id), $now, "$kind: and counted");
}


# all of them change one bid, each its own part of it

for my $kind ('open', 'sealed') {
    my $id = $kind eq 'open' ? $t->post($API, { data => {} })->json->{data}{id}
                             : gated($t, end => 600)->{id};
    my $path = "$API/$id/bidders";
    my $r = $t->post($path, { data => {
        totalValue => { amount => 100, currency => 'UAH' },
        bidders    => [map { +{ id => { name => "bidder $_" } } }
                       1 .. $CLIENTS],
    } });
    my $bid = parse($r);

    is($r->status, 201, "$kind: a bid of 64 bidders");

    my ($seen) = together($CLIENTS, sub {
        my ($c, $k) = @_;
        my @seen;

        for my $n (1 .. 3) {
            my @parts = map { +{} } 0 .. $k;

            push @parts, map { +{} } @parts .. $CLIENTS - 1;
            $parts[$k] = { id => { name => "$k changed $n" } };

            my $r = $c->patch("$path/$bid->{id}?acc_token=$bid->{token}",
                              { data => { bidders => \@parts } });

            push @seen, { status => $r->status, k => $k, n => $n,
                          %{ parse($r) },
                          mine => $r->body =~ /"$k changed $n"/ ? 1 : 0 };
        }

        return \@seen;
    });

    my @seen = map { @$_ } @$seen;
    my @made = sort { $a->{us} <=> $b->{us} }
               grep { $_->{status} == 200 } @seen;
    my %hashes = map { $_->{hash} => 1 } @made;

    diag("$kind: " . @made . ' of ' . @seen . ' were made');

    is_deeply([grep { $_->{status} !~ /^(?:200|409)$/ } @seen], [],
              "$kind: a change is made or refused with 409");
    cmp_ok(@made, '>=', @seen / 2, "$kind: most are made");
    is(keys %hashes, @made, "$kind: each has a receipt of its own");
    ok(increasing(map { $_->{us} } @made), "$kind: and a moment");
    is_deeply([grep { !$_->{mine} } @made], [], "$kind: and saw its change");

    my $now = stored_bids($id)->{ $bid->{id} };

    is(hash($now->[1]), $made[-1]{hash}, "$kind: the last receipt is of what "
                                         . 'is stored');

    my @before = map { hash($_->[4]) }
                 grep { $_->[2] eq 'change' } journal($id);

    is_deeply([@before, hash($now->[1])],
              [$bid->{hash}, map { $_->{hash} } @made],
              "$kind: the journal has every state, in order");

    my %last;

    $last{ $_->{k} } = $_->{n} for @made;
    is_deeply([grep { $now->[1] !~ /"$_ changed $last{$_}"/ } keys %last],
              [], "$kind: none is lost");
}


# the tender and its bids are changed at the same time, neither is in the way
# of the other

{
    my $items = $CLIENTS / 8;
    my $id    = $t->post($API, { data => { itemsToBeProcured => [
        map { +{ description => "item $_" } } 1 .. $items
    ] } })->json->{data}{id};
    my $path  = "$API/$id";
    my ($seen, @readers) = together($CLIENTS / 2, sub {
        my ($c, $k) = @_;

        return bidder($c, $k, "$path/bidders") if $k % 4;

        my %count;

        for my $n (1 .. 4) {
            my @items = map { +{} } 1 .. $items;

            # the answer may be of a later moment, when others are through
            $items[$k / 4] = { description => "by $k, $n" };

            my $r = $c->patch($path, { data => {
                itemsToBeProcured => \@items,
            } });

            $count{ $r->status }++;
            $count{own}++ if $r->body =~ /"by $k, $n"/;
        }

        return { changes => \%count };
    }, sub { reader(@_, $path) });

    my %count;

    for my $one (map { $_->{changes} || () } @$seen) {
        $count{$_} += $one->{$_} for keys %$one;
    }

    diag(join ', ', map { "$_: $count{$_}" } sort keys %count);

    is_deeply(\%count, { 200 => 4 * $items, own => 4 * $items },
              'both: the tender is changed');
    is(() = $t->get($path)->body =~ /"by \d+, 4"/g, $items,
       'both: no change is lost');

    same_as_stored('both', $id, grep { $_->{mine} } @$seen);

    is_deeply([map { @{ $_->{wrong} } } @readers], [],
              'both: every reading is of one moment');

    my $head = $t->redis('HGET', "{b0}:tender:$id", 'head');
    my @past = map { (split / /)[0] }
               @{ $t->redis('LRANGE', "{b0}:tender:$id:revisions", 0, -1) };

    is((split / /, $head)[0], 1 + $count{200}, 'both: each is a revision');
    is(@past, $count{200}, 'both: and is kept');
    ok(increasing(@past), 'both: in order');

    my @events  = events_of($id);
    my @journal = map { $_->[0] } journal($id);

    ok(increasing(map { $_->{us} } @events), 'both: events are in order');
    is_deeply([map { $_->{us} } grep { $_->{op} eq 'update' } @events],
              \@past, 'both: one for each revision');
    is_deeply([map { $_->{us} } grep { $_->{op} eq 'bid' } @events],
              \@journal, 'both: one for each change of a bid');
    is((split / /, $head)[1], $events[-1]{us}, 'both: the last one counts');
}


$t->finish;
done_testing;
