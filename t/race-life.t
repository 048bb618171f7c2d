#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Clients do at random whatever comes into their heads with a few tenders:
# they bid, change their minds, judge, award, auction, add documents, cancel.
# Each answer is a step that the rules allow, and what is left in the store
# is one story that fits all answers.

use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $CLIENTS = 10;
my $PHASES  = 8;
my $OPEN    = 3;                # tenders of a phase, without a time gate
my $GATED   = 3;                # and with one
my $BIDS    = 8;                # of a tender, at most
my $GATE    = 0.4;              # seconds from the beginning of a phase
my $SECONDS = 1.1;              # of a phase
my $LEAST   = 120;              # requests of each client in it

my @STATUSES = qw(active.enquiries active.tendering active.auction
                  active.qualification active.awarded complete unsuccessful
                  cancelled);
my %RANK = map { $STATUSES[$_] => $_ } 0 .. $#STATUSES;

my $t = Tender::Test->new(
    workers => 2,
    http    => 'tender_chronograph 50ms; tender_redis_timeout 20s;
                keepalive_requests 100000;',
    location => "location /api/0.1/ {
                     tender_api 0.1;
                     tender_anonymous write;
                     tender_ownership off;
                     tender_max_bids $BIDS;
                 }",
);


# ------------------------------------------------------------------- the walk

# What a client may do: a name, how often, and the request.  Each gets what
# the client knows of the tender: path, bids, awards, and a new number.

my @moves = (
    [bid => 10, sub {
        return [POST => 'bidders', { totalValue => money($_[0]{n}) }];
    }],
    [change => 6, sub {
        my $bid = any($_[0]{bids}) or return;

        return [PATCH => "bidders/$bid", { totalValue => money($_[0]{n}) }];
    }],
    [withdraw => 3, sub {
        my $bid = any($_[0]{bids}) or return;

        return [DELETE => "bidders/$bid"];
    }],
    [judge => 1, sub {
        my $bid = any($_[0]{bids}) or return;

        return [PATCH => "bidders/$bid", {
            status => any(['validBid', 'validBid', 'invalidBid']),
        }];
    }],
    [award => 4, sub {
        my $bid = any($_[0]{bids}) or return;

        return [POST => 'awards', {
            bid_id => $bid, awardStatus => any(['pending', 'unsuccessful']),
        }];
    }],
    [win => 0.2, sub {
        my $bid = any($_[0]{bids}) or return;

        return [POST => 'awards', { bid_id => $bid, awardStatus => 'active' }];
    }],
    [nobody => 0.5, sub {
        return [POST => 'awards', { bid_id => sprintf('%032x', $_[0]{n}),
                                    awardStatus => 'active' }];
    }],
    [reject => 6, sub {
        my $award = any($_[0]{awards}) or return;

        return [PATCH => "awards/$award", { awardStatus => 'unsuccessful' }];
    }],
    [accept => 0.6, sub {
        my $award = any($_[0]{awards}) or return;

        return [PATCH => "awards/$award", { awardStatus => 'active' }];
    }],
    [report => 2, sub {
        my @bids = @{ $_[0]{bids} } or return;

        return [PATCH => 'auction', { bids => [
            map { +{ id => $_, amount => 1 + int rand 1000,
                     currency => 'UAH' } } @bids
        ] }];
    }],
    [describe => 2, sub {
        return [PATCH => '', { submissionDetails => "text $_[0]{n}" }];
    }],
    [document => 1, sub { return [FILE => 'documents', "file $_[0]{n}"] }],
    [complete => 1, sub { return [PATCH => '', { status => 'complete' }] }],
    [cancel => 0.03, sub { return [PATCH => '', { status => 'cancelled' }] }],
    [read => 8, sub { return [GET => ''] }],
    [bids => 2, sub { return [GET => 'bidders'] }],
    [auction => 2, sub { return [GET => 'auction'] }],
);


sub any { $_[0][rand @{ $_[0] }] }

sub money { return { amount => $_[0], currency => 'UAH' } }


# One client: requests until its time is over.  Notes what was answered with
# success, as [move, tender, what it was about, answer's data].

sub client {
    my ($k, $phase, @ids) = @_;

    my $c   = $t->client(timeout => 60);
    my $end = time() + $SECONDS;
    my %me  = (done => [], status => {}, wrong => [], requests => 0);
    my %knows;
    my $n = ($phase * 100 + $k) * 100_000;

    srand 1 + $phase * 100 + $k;

    while (time() < $end || $me{requests} < $LEAST) {
        # most of the time all of them are at the same one
        my $id   = $ids[rand() < 0.7 ? time() * 5 % @ids : rand @ids];
        my $seen = $knows{$id} ||= { bids => [], awards => [], rank => 0,
                                     modified => '' };

        $seen->{n} = ++$n;

        my ($name, $code) = @{ choose() };
        my $request = $code->($seen) or next;
        my ($method, $below, $data) = @$request;
        my $path = "$API/$id" . (length $below ? "/$below" : '');
        my $r = $method eq 'FILE'
              ? $c->post($path, $data, {
                    'Content-Type' => 'text/plain',
                    'Content-Disposition' => 'attachment; filename="a.txt"',
                })
              : $c->request($method, $path, {},
                            $data ? { data => $data } : undef);

        $me{requests}++;
        $me{status}{"$name " . $r->status}++;
        answered(\%me, $seen, $name, $id, $below, $r);
    }

    return \%me;
}


sub choose {
    my $sum = 0;

    $sum += $_->[1] for @moves;

    my $at = rand $sum;

    for my $move (@moves) {
        return [@$move[0, 2]] if ($at -= $move->[1]) < 0;
    }
}


sub answered {
    my ($me, $seen, $name, $id, $below, $r) = @_;

    if ($r->status !~ /^20[01]$/) {
        push @{ $me->{wrong} }, "$name: " . $r->status . ' ' . $r->body
            if $r->status !~ /^(?:403|404|409|422)$/
               || $r->body !~ /^\{"status":"error","errors":\[\{/;
        return;
    }

    my $data = $r->json->{data};

    if ($name eq 'read') {
        push @{ $me->{wrong} }, map { "$id: $_" } looked($seen, $data);
        return;
    }

    if ($name eq 'bids' || $name eq 'auction') {
        $data = $data->{bids} if $name eq 'auction';
        $seen->{bids} = [map { $_->{id} } @$data];
        return;
    }

    push @{ $seen->{bids} }, $data->{id} if $name eq 'bid';
    push @{ $me->{done} }, [$name, $id, $below =~ s{.*/}{}r,
                            $data->{id} // $data->{awardID}, $r->body];
}


# what a reader sees of one tender, one time after the other

sub looked {
    my ($seen, $data) = @_;

    my @bids   = @{ $data->{bids} || [] };
    my @awards = @{ $data->{awards} || [] };
    my $rank   = $RANK{ $data->{status} };
    my %bid    = map { $_->{id} => 1 } @bids;
    my @wrong;

    push @wrong, "$data->{status} after $STATUSES[$seen->{rank}]"
        if $rank < $seen->{rank} || $seen->{rank} >= $RANK{complete}
                                    && $rank != $seen->{rank};
    push @wrong, "$data->{modified} after $seen->{modified}"
        if $data->{modified} lt $seen->{modified};
    push @wrong, 'numberOfBids' if @bids != ($data->{numberOfBids} || 0)
                                   && @bids;
    push @wrong, story($data->{status}, map { $_->{awardStatus} } @awards);
    push @wrong, 'an award to a bid that is not there'
        if @bids && grep { $_->{bid_id} && !$bid{ $_->{bid_id} } } @awards;

    @$seen{qw(rank modified)} = ($rank, $data->{modified});
    $seen->{bids}   = [map { $_->{id} } @bids] if @bids;
    $seen->{awards} = [map { $_->{awardID} } @awards];

    return @wrong;
}


# what awards a tender of this status may have

sub story {
    my ($status, @awards) = @_;

    my %n = (active => 0, pending => 0);
    my @wrong;

    $n{$_}++ for @awards;

    push @wrong, "$n{active} active awards" if $n{active} > 1;
    push @wrong, "$status, $n{active} active awards"
        if $status =~ /awarded|complete/ ? !$n{active}
           : $status ne 'cancelled' && $n{active};
    push @wrong, "$status, $n{pending} pending awards"
        if $status =~ /awarded|complete|unsuccessful|auction|enquiries/
           && $n{pending};

    return @wrong;
}


# ------------------------------------------------------------ what is left

# a bid or an award as it is stored

sub parts {
    my ($key) = @_;

    my %values = @{ $t->redis('HGETALL', $key) };

    return { map {
        my ($line, $json) = $values{$_} =~ /^(.*)\n(.*)\z/s;
        my %part;

        @part{qw(date changed status author link token)} = split / /, $line;
        $part{data} = JSON::PP::decode_json($json);

        ($_ => \%part);
    } keys %values };
}


sub state_of {
    my ($id) = @_;

    my $key = "{b0}:tender:$id";
    my %s   = (id => $id);

    @s{qw(rev us status number)}
        = split / /, $t->redis('HGET', $key, 'head');
    @s{qw(version nbids nawards ndocuments seal hashed)}
        = split / /, $t->redis('HGET', $key, 'more') || '0 0 0 0 o 0';
    $s{finish} = (split / /, $t->redis('HGET', $key, 'own'))[4];
    $s{$_} = parts("$key:$_") for qw(bids awards documents);
    $s{revisions} = $t->redis('LLEN', "$key:revisions");

    return \%s;
}


sub check_counts {
    my ($s) = @_;

    my @wrong;

    for my $what (qw(bids awards documents)) {
        my $n = keys %{ $s->{$what} };

        push @wrong, "$n $what, counted as $s->{qq(n$what)}"
            if $n != $s->{"n$what"};
    }

    push @wrong, "revision $s->{rev} of " . (1 + $s->{revisions})
        if $s->{rev} != 1 + $s->{revisions};
    push @wrong, "it is $s->{seal}, $s->{status}"
        if ($s->{seal} eq 'o')
           != (!$s->{finish} || $s->{status} !~ /auction|cancelled/)
           && $s->{status} ne 'cancelled';
    push @wrong, 'no hashes'
        if $s->{finish} && !$s->{hashed} && $s->{status} ne 'cancelled';

    return @wrong;
}


# awards among themselves, to the bids, and to the status

sub check_awards {
    my ($s) = @_;

    my ($bids, $awards) = @$s{qw(bids awards)};
    my (@wrong, %about);

    for my $id (keys %$awards) {
        my $award = $awards->{$id};
        my $bid   = $award->{link};

        push @wrong, "$id: awardID"  if $award->{data}{awardID} ne $id;
        push @wrong, "$id: status"
            if $award->{data}{awardStatus} ne $award->{status};
        push @wrong, "$id: bid"
            if ($award->{data}{bid_id} || '-') ne $bid;
        push @wrong, "$id: no bid $bid" if $bid ne '-' && !$bids->{$bid};
        push @wrong, "$id: $bid has another one"
            if $bid ne '-' && $award->{status} ne 'cancelled'
               && $about{$bid}++;
    }

    for my $id (keys %$bids) {
        push @wrong, "$id: status"
            if $bids->{$id}{data}{status} ne $bids->{$id}{status};
    }

    push @wrong, story($s->{status}, map { $_->{status} } values %$awards);

    return @wrong;
}


# with a time gate: awards go to the best bids, one after the other

sub check_order {
    my ($s, @done) = @_;

    my ($bids, $awards) = @$s{qw(bids awards)};

    # a bid that was found to be invalid was passed over meanwhile
    return if !$s->{finish}
              || grep { $_->[0] eq 'judge' && $_->[4] =~ /"invalidBid"/ }
                      @done;

    my @best = sort {
        $bids->{$a}{data}{totalValue}{amount}
            <=> $bids->{$b}{data}{totalValue}{amount}
        || $bids->{$a}{date} <=> $bids->{$b}{date}
    } keys %$bids;
    my @given = grep { $_->{status} ne 'cancelled' } values %$awards;
    my @wrong;

    push @wrong, 'awards are not of the best bids'
        if join(' ', sort map { $_->{link} } @given)
           ne join(' ', sort @best[0 .. $#given]);
    push @wrong, 'there is a bid left'
        if $s->{status} eq 'unsuccessful' && @given != @best;
    push @wrong, $_->{link} . ' is ' . $_->{status} . ', not the last one'
        for grep { $_->{status} ne 'unsuccessful'
                   && $_->{link} ne $best[$#given] } @given;
    push @wrong, 'nobody has the award'
        if $s->{status} eq 'active.qualification'
           && !grep { $_->{status} eq 'pending' } @given;

    return @wrong;
}


# lists and events

sub check_places {
    my ($s, $events) = @_;

    my $id = $s->{id};
    my @wrong;
    my %lists = (feed => $t->redis('ZRANGE', '{b0}:feed', 0, -1,
                                   'WITHSCORES'));

    $lists{$_} = $t->redis('ZRANGE', "{b0}:idx:status:$_", 0, -1,
                           'WITHSCORES') for @STATUSES;

    for my $list (sort keys %lists) {
        my @all  = @{ $lists{$list} };
        my @mine = map { $all[2 * $_ + 1] }
                   grep { $all[2 * $_] =~ /^$id\|/ } 0 .. @all / 2 - 1;
        my @want = $list eq 'feed' || $list eq $s->{status} ? ($s->{us}) : ();

        push @wrong, "in $list at @mine, not @want" if "@mine" ne "@want";
    }

    push @wrong, 'it is due'
        if defined $t->redis('ZSCORE', '{b0}:due', $id);
    push @wrong, 'the last event is not the last change'
        if $events->[-1]{us} != $s->{us};

    my %n = (create => 0, update => 0);

    $n{ $_->{op} }++ for @$events;
    push @wrong, "$n{create} and $n{update} events, revision $s->{rev}"
        if $n{create} != 1 || $n{update} != $s->{rev} - 1;

    return @wrong;
}


# what clients have been told

sub check_answers {
    my ($s, @done) = @_;

    my %by;

    push @{ $by{ $_->[0] } }, $_ for @done;

    my %taken = map { $_->[3] => 1 } @{ $by{bid} || [] };
    my (@wrong, %gone, @won);

    for my $one (@{ $by{withdraw} || [] }) {
        push @wrong, "$one->[2] was withdrawn twice" if $gone{ $one->[2] }++;
        delete $taken{ $one->[2] };
    }

    push @wrong, 'other bids than were taken'
        if join(' ', sort keys %taken) ne join(' ', sort keys %{ $s->{bids} });

    for my $one (map { @{ $by{$_} || [] } } qw(award win nobody)) {
        push @wrong, "an award to nobody: $one->[4]" if $one->[0] eq 'nobody';
        push @wrong, "there is no award $one->[3]"
            if !$s->{awards}{ $one->[3] };
    }

    push @won, $_->[3] for @{ $by{win} || [] };
    push @won, $_->[2] for @{ $by{accept} || [] };

    my @active = grep { $s->{awards}{$_}{status} eq 'active' }
                 keys %{ $s->{awards} };

    push @wrong, "@won have won, @active is active" if "@won" ne "@active";

    for my $one (@{ $by{reject} || [] }) {
        push @wrong, "$one->[2] was rejected"
            if $s->{awards}{ $one->[2] }{status} ne 'unsuccessful';
    }

    push @wrong, 'it was cancelled'
        if @{ $by{cancel} || [] } && $s->{status} ne 'cancelled';
    push @wrong, 'it was completed'
        if @{ $by{complete} || [] } && $s->{status} ne 'complete';
    push @wrong, 'documents'
        if @{ $by{document} || [] } != keys %{ $s->{documents} };
    push @wrong, keys(%{ $s->{bids} }) . ' bids'
        if keys %{ $s->{bids} } > $BIDS;
    push @wrong, 'results were reported twice'
        if $s->{finish} && @{ $by{report} || [] } > 1;

    return @wrong;
}


# the store and what is shown are the same

sub check_shown {
    my ($s) = @_;

    my $data = $t->get("$API/$s->{id}")->json->{data};
    my @wrong;

    push @wrong, "shown as $data->{status}" if $data->{status} ne $s->{status};
    push @wrong, "shown with $data->{modified}"
        if $data->{modified} ne iso($s->{us});
    push @wrong, 'other awards are shown'
        if join(' ', sort map { $_->{awardID} } @{ $data->{awards} || [] })
           ne join(' ', sort keys %{ $s->{awards} });
    push @wrong, 'other bids are shown'
        if $s->{seal} eq 'o'
           && join(' ', sort map { $_->{id} } @{ $data->{bids} || [] })
              ne join(' ', sort keys %{ $s->{bids} });

    return @wrong;
}


# --------------------------------------------------------------------- phases

ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it works');

my (%status, %end, @wrong, @ids, %done);

for my $phase (1 .. $PHASES) {
    my @gated = map { gated($t, end => $GATE, data => {
        totalValue => { amount => 1_000_000_000, currency => 'UAH' },
    })->{id} } 1 .. $GATED;
    my @open  = map { $t->post($API, { data => {} })->json->{data}{id} }
                1 .. $OPEN;
    my @seen  = $t->parallel($CLIENTS, sub {
        client($_[0], $phase, @gated, @open);
    });

    for my $me (@seen) {
        $status{$_} += $me->{status}{$_} for keys %{ $me->{status} };
        push @wrong, @{ $me->{wrong} };
        push @{ $done{ $_->[1] } }, $_ for @{ $me->{done} };
    }

    push @ids, @gated, @open;
}

ok($t->wait_for(sub { !$t->redis('ZCARD', '{b0}:due') }, 20),
   'nothing is due any more');

my $requests = 0;

$requests += $_ for values %status;
diag("$requests requests; ", join ', ',
     map { "$_: $status{$_}" } sort keys %status);

is_deeply(\@wrong, [], 'every answer fits');

# the rare ones come together

for my $moves ((grep { !/accept|win|cancel|nobody/ } map { $_->[0] } @moves),
               'accept win cancel')
{
    ok((grep { $status{$_} } map { ("$_ 200", "$_ 201") } split / /, $moves),
       "$moves: done");
}

for my $move (qw(bid change withdraw award reject report nobody)) {
    ok((grep { $status{"$move $_"} } 403, 404, 422), "$move: refused");
}

my (%events, $last, @turns);

for my $event (@{ $t->redis('XRANGE', '{b0}:events', '-', '+') }) {
    my %e = (us => $event->[0] =~ s/-0$//r, @{ $event->[1] });

    push @turns, $e{us} if defined $last && $e{us} <= $last;
    push @{ $events{ $e{id} } }, \%e;
    $last = $e{us};
}

is_deeply(\@turns, [], 'events are in order');

sub done { @{ $done{ $_[0]{id} } || [] } }

my %checks = (
    'counted'             => sub { check_counts($_[0]) },
    'awards fit'          => sub { check_awards($_[0]) },
    'the best bids first' => sub { check_order($_[0], done($_[0])) },
    'where it belongs'    => sub { check_places($_[0], $events{ $_[0]{id} }) },
    'as it was answered'  => sub { check_answers($_[0], done($_[0])) },
    'shown as it is'      => sub { check_shown($_[0]) },
);
my @states = map { state_of($_) } @ids;

$end{ ($_->{finish} ? 'gated ' : 'open ') . $_->{status} }++ for @states;
diag(join ', ', map { "$_: $end{$_}" } sort keys %end);

for my $name (sort keys %checks) {
    my @found;

    for my $s (@states) {
        push @found, map { ($s->{finish} ? 'gated ' : 'open ')
                           . "$s->{id}, $s->{status}: $_" }
                     $checks{$name}->($s);
    }

    is_deeply(\@found, [], "each tender: $name");
}

cmp_ok(keys %end, '>', 3, 'they ended in several ways');

$t->finish;
done_testing;
