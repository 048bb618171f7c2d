#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Thousands of bids meet the start and the end of tendering on two nodes: one
# is in time exactly if Redis's clock says so in the moment of its storing.

use strict;
use warnings;

use Digest::SHA ();
use JSON::PP ();
use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Clock;
use Tender::Test;


my $CLIENTS = 16;
my $TENDERS = 16;               # of each round
my $BIDS    = 5_000;            # attempts, at least
my $ROUNDS  = 12;               # at most
my $NEAR    = 60_000;           # µs around a deadline
my $BATCH   = 6;                # requests that are sent together
my $VALUE   = 100_000_000;

my %TEXT = (
    early  => "Can't %s bid in current (active.enquiries) tender status",
    late   => 'Bids are taken until tenderPeriod.endDate, which has passed',
    turned => "Can't %s bid in current (active.auction) tender status",
    single => "Can't %s bid in current (active.qualification) tender status",
    none   => "Can't %s bid in current (unsuccessful) tender status",
);
my %WORD = (POST => 'add', PATCH => 'update', DELETE => 'delete');

my %common = (
    workers  => 4,
    http     => 'tender_chronograph 50ms; tender_redis_timeout 20s;
                 keepalive_requests 100000;',
    location => 'location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }',
);

my @node = (Tender::Test->new(%common));

push @node, Tender::Test->new(
    %common, redis => 0, redis_addr => 'unix:' . $node[0]->redis_socket,
);

my $t = $node[0];


# --------------------------------------------------------------- the tenders

# microseconds are sent as they are

sub precise {
    my ($us) = @_;

    return POSIX::strftime('%Y-%m-%dT%H:%M:%S', gmtime int($us / 1e6))
           . sprintf '.%06dZ', $us % 1e6;
}


# their deadlines are spread, so that one is always near

sub tenders {
    my ($client) = @_;

    my $first = now_us($t) + 700_000;
    my @tenders;

    for my $i (0 .. $TENDERS - 1) {
        my $start = $first + $i * 80_000 + int rand 20_000;
        my $end   = $start + 150_000 + int rand 300_000;

        push @tenders, gated($t, client => $client, data => {
            totalValue   => { amount => $VALUE, currency => 'UAH' },
            tenderPeriod => { startDate => precise($start),
                              endDate   => precise($end) },
        });

        @{ $tenders[-1] }{qw(start end)} = ($start, $end);
    }

    return @tenders;
}


# --------------------------------------------------------------- the clients

sub microseconds { $_[0][0] * 1_000_000 + $_[0][1] }


# A child: requests near the deadlines, now one, now some in one write, until
# the last tender is over.  Notes for each: the tender, the method, Redis's
# time before it was sent and after its answer came, the status, the bid, the
# moment and the hash of its receipt or the reason of the refusal.

sub client {
    my ($k, $round, @tenders) = @_;

    my $c     = $node[$k % 2]->client(timeout => 60);
    my $redis = Tender::Redis->new($t->redis_socket);
    my ($last) = sort { $b <=> $a } map { $_->{end} } @tenders;
    my $amount = $round * 1_000_000 + $k * 50_000;
    my (@seen, %mine);

    srand 100 * $round + $k;

    while (1) {
        my $now = microseconds($redis->call('TIME'));

        last if $now > $last + 2 * $NEAR;

        my @near = grep { near($tenders[$_], $now) } 0 .. $#tenders;

        if (!@near) {
            select undef, undef, undef, 0.005;
            next;
        }

        my @batch = map {
            my $i = $near[rand @near];

            choose($mine{$i}, $i, ++$amount);
        } 1 .. ($k % 4 ? 1 : $BATCH);

        my $bytes = join '', map {
            my ($i, $method, $bid, $amount) = @$_;

            $c->format($method, "$API/$tenders[$i]{id}/bidders"
                                . ($bid ? "/$bid->[0]?acc_token=$bid->[1]"
                                        : ''), {},
                       $method eq 'DELETE' ? () : data($amount));
        } @batch;

        my $before = microseconds($redis->call('TIME'));

        $c->send($bytes);

        for my $one (@batch) {
            my $r = $c->receive;
            my $after = microseconds($redis->call('TIME'));

            push @seen, record($one, $before, $after, $r, \%mine);
        }
    }

    return \@seen;
}


sub near {
    my ($tender, $now) = @_;

    return abs($now - $tender->{start}) < $NEAR
           || abs($now - $tender->{end}) < $NEAR;
}


sub data {
    my ($amount) = @_;

    return qq({"data":{"totalValue":{"amount":$amount,"currency":"UAH"}}});
}


# most are new bids, some change or withdraw one

sub choose {
    my ($mine, $i, $amount) = @_;

    my $what = rand;

    return [$i, 'POST', '', $amount] if $what < 0.6 || !$mine || !@$mine;

    return [$i, 'PATCH', $mine->[rand @$mine], $amount] if $what < 0.9;

    return [$i, 'DELETE', splice(@$mine, rand @$mine, 1), $amount];
}


sub record {
    my ($one, $before, $after, $r, $mine) = @_;

    my ($i, $method, $bid, $amount) = @$one;
    my $body = $r->body;
    my ($hash, $received) = $body =~ /"hash":"(\w+)","received":(\d+)/;

    if ($r->status == 201) {
        $bid = [$body =~ /"id":"(\w{32})".*"token":"(\w+)"/];
        push @{ $mine->{$i} }, $bid;
    }

    return { tender => $i, method => $method, bid => $bid && $bid->[0],
             before => $before, after => $after, amount => $amount,
             status => $r->status, received => $received, hash => $hash,
             body => $r->status =~ /^20[01]$/ ? '' : $body };
}


# -------------------------------------------------------------------- judging

my (%count, %wrong);
my %closest = (start => 1e9, end => 1e9);


sub wrong {
    my ($what, @detail) = @_;

    push @{ $wrong{$what} }, join ' ', @detail if @{ $wrong{$what} || [] } < 5;
}


# accepted: stored in its time; refused: not in its time, and told why

sub judge {
    my ($tender, $one) = @_;

    my ($start, $end) = @$tender{qw(start end)};
    my ($before, $after, $us) = @$one{qw(before after received)};
    my $status = $one->{status};

    $count{attempts}++;

    return if $status == 404;   # withdrawn by a request sent before this one

    if ($status == ($one->{method} eq 'POST' ? 201 : 200)) {
        $count{accepted}++;

        wrong(late => $end, $before)    if $before >= $end;
        wrong(early => $start, $after)  if $after < $start;

        return if $one->{method} eq 'DELETE';

        defined $us or return wrong(received => 'no receipt');
        wrong(received => $start, $us, $end)   if $us < $start || $us >= $end;
        wrong(moment => $before, $us, $after)  if $us < $before
                                                  || $us > $after;

        $closest{start} = $us - $start if $us - $start < $closest{start};
        $closest{end} = $end - $us     if $end - $us < $closest{end};

        return;
    }

    wrong(status => $status, $one->{body}) if $status != 403;
    wrong(refused => $start, $before, $after, $end, $one->{body})
        if $before >= $start && $after < $end;

    my $text = eval {
        JSON::PP::decode_json($one->{body})->{errors}[0]{description};
    } || '';
    my ($why) = grep {
        $text eq $TEXT{$_} =~ s{%s}{$WORD{ $one->{method} }}r;
    } keys %TEXT;

    $why ||= 'unknown';
    $count{$why}++;
    wrong(text => $one->{body})             if $why eq 'unknown';
    wrong(early => $start, $before, $text)  if $why eq 'early'
                                               && $before >= $start;
    wrong(late => $end, $after, $text)      if $why ne 'early'
                                               && $after < $end;
}


# the store has what was accepted, and nothing else

sub compare {
    my ($tender, @seen) = @_;

    my $key  = "{b0}:tender:$tender->{id}";
    my %bids = @{ $t->redis('HGETALL', "$key:bids") };
    my (%last, %gone);

    # by the moments of the store; a bid that was withdrawn stays so
    for my $one (sort { ($a->{received} || 0) <=> ($b->{received} || 0) }
                 @seen)
    {
        next if $one->{status} !~ /^20[01]$/;

        $one->{method} eq 'DELETE' ? ($gone{ $one->{bid} } = 1)
                                   : ($last{ $one->{bid} } = $one);
    }

    delete @last{ keys %gone };

    my @want = map { "$_ $last{$_}{hash}" } sort keys %last;
    my @have = map { "$_ " . Digest::SHA::sha256_hex($bids{$_} =~ s/.*?\n//r) }
               sort keys %bids;

    wrong(store => "$tender->{id}: @want, not @have") if "@want" ne "@have";
    wrong(content => $bids{$_})
        for grep { $bids{$_} !~ /"amount":$last{$_}{amount}\b/ }
            grep { $last{$_} } keys %bids;

    my $hashes = $t->redis('HGET', $key, 'hashes') || 'none';
    my $told   = '[' . join(',', map { "\"$_\"" }
                            sort map { $_->{hash} } values %last) . ']';

    wrong(hashes => "$hashes, not $told") if $hashes ne $told;

    for my $line (@{ $t->redis('LRANGE', "$key:journal", 0, -1) }) {
        my ($us) = $line =~ /^(\d+) \S+ (?:add|change|remove) / or next;

        $count{journal}++;
        wrong(journal => $tender->{start}, $us, $tender->{end})
            if $us < $tender->{start} || $us >= $tender->{end};
    }

    $count{bids} += keys %last;
}


# -------------------------------------------------------------------- rounds

for my $node (@node) {
    ok($node->wait_for(sub { $node->get($API)->status == 200 }), 'it works');
}

my $client = $t->client(timeout => 60);
my $round  = 0;

while (($count{attempts} || 0) < $BIDS && $round < $ROUNDS) {
    my $number  = ++$round;
    my @tenders = tenders($client);
    my @seen    = map { @$_ } $t->parallel($CLIENTS, sub {
        client($_[0], $number, @tenders);
    });

    $t->wait_for(sub { !$t->redis('ZCARD', '{b0}:due') }, 20)
        or wrong(due => 'tenders are not moved on');

    my @of;

    for my $one (@seen) {
        judge($tenders[$one->{tender}], $one);
        push @{ $of[$one->{tender}] }, $one;
    }

    compare($tenders[$_], @{ $of[$_] || [] }) for 0 .. $#tenders;
}

$count{$_} ||= 0 for qw(attempts accepted bids journal), keys %TEXT;
diag(join ', ', "$round rounds", map { "$_: $count{$_}" } sort keys %count);
diag("accepted $closest{start} µs after a start, $closest{end} µs before an"
     . ' end');

cmp_ok($count{attempts}, '>=', $BIDS, "$BIDS bids and more raced");
cmp_ok($count{accepted}, '>', $BIDS / 20, 'many were accepted');
cmp_ok($count{early}, '>', 20, 'many came too early');
cmp_ok($count{late} + $count{turned}, '>', 20, 'and many too late');
cmp_ok($count{bids}, '>', 20, 'bids that stayed');

is_deeply($wrong{received}, undef, 'stored at or after the start, and before'
                                   . ' the end');
is_deeply($wrong{moment}, undef, 'the moment of each is the one of its'
                                 . ' storing');
is_deeply($wrong{refused}, undef, 'none was refused that came in its time');
is_deeply($wrong{early}, undef, 'before the start, and only then: too early');
is_deeply($wrong{late}, undef, 'from the end on, and only then: too late');
is_deeply($wrong{status}, undef, 'a refusal is a 403');
is_deeply($wrong{text}, undef, 'with the reason');
is_deeply($wrong{store}, undef, 'the store has what was accepted, alone');
is_deeply($wrong{content}, undef, 'each with its amount');
is_deeply($wrong{hashes}, undef, 'so have the hashes that are published');
is_deeply($wrong{journal}, undef, 'every change was within the time');
is($count{journal}, $count{accepted}, 'and is kept');
is_deeply($wrong{due}, undef, 'all were moved on');

$_->finish for reverse @node;
done_testing;
