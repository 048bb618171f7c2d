#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# 10 000 random publications, changes and cancellations by several clients,
# while Redis is killed and started again: then each search finds exactly the
# tenders that it should by what the API shows of them.

use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Access;
use Tender::Test;


my $CLIENTS = 4;
my $OPS     = 2_500;
my $KILLS   = 3;
my $WORDS   = 40;
my $API     = '/api/0.1/tenders';
my $EXPORT  = '/api/export?dtype=ndjson&all=1&fields=TenderNumOuter';

for my $buckets (1, 3) {
    run($buckets);
}

done_testing;


sub run {
    my ($buckets) = @_;

    my $t = access_test(
        workers => 2,
        redis_args => "buckets=$buckets",
        redis   => { appendonly => 'yes' },
        http    => 'tender_redis_timeout 2s;',
        location => <<'END',
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location = /api/export { tender_export; }
END
    );

    my $code = api_code($t, account($t, name => 'Reader'))->{code};
    my $ops  = $buckets == 1 ? $OPS : $OPS / 10;
    my @jobs = map { my $k = $_; $t->background(sub { writer($t, $k, $ops) }) }
               1 .. $CLIENTS;

    # a search now and then follows the log from wherever it is

    my $kills = $buckets == 1 ? $KILLS : 1;

    for my $kill (1 .. $kills) {
        my $size = -s $t->dir . '/access.log';

        $t->wait_for(sub {
            -s $t->dir . '/access.log' > $size + 20_000 * $ops / $OPS;
        });
        search($t, $code, "w0$kill");

        $t->stop_redis('KILL');
        sleep 0.1;
        $t->start_redis;
        $t->wait_for(sub { $t->get($API)->status == 200 });
    }

    $_->result for @jobs;

    # also what was applied though nobody was told

    my %ids = map { /:tender:([0-9a-f]{32})$/ ? ($1 => 1) : () }
              @{ $t->redis('KEYS', '*:tender:*') };

    $t->wait_for(sub { $t->get($API)->status == 200 });

    my @tenders = grep { $_ } map { shown($t, $_) } sort keys %ids;

    cmp_ok(@tenders, '>', $ops / 2, "$buckets buckets: "
                                    . @tenders . ' tenders');
    compare($t, $code, \@tenders, $buckets);

    $t->finish;
}


# one client

sub writer {
    my ($t, $k, $ops) = @_;

    my $c = $t->client(timeout => 20);
    my @mine;

    srand(1_000 + $k);

    for my $n (1 .. $ops) {
        my $what = rand();
        my $r;

        if (!@mine || $what < 0.4) {
            $r = $c->post($API, { data => {
                title      => words(),
                totalValue => { amount => int(rand(1_000)),
                                currency => 'UAH' },
            } });
            push @mine, $r->json->{data}{id} if $r->status == 201;

        } else {
            my $id = $mine[ rand @mine ];
            my $data = $what < 0.7  ? { title => words() }
                     : $what < 0.8  ? { description => words() }
                     : $what < 0.9  ? { totalValue =>
                                        { amount => int(rand(1_000)) } }
                     : $what < 0.95 ? { submissionDetails => "$k-$n" }
                     :                { status => 'cancelled' };

            $r = $c->patch("$API/$id", { data => $data });
        }

        die $r->status . ' ' . $r->body
            unless $r->status =~ /^(?:20[01]|403|409|50[34])$/;

        sleep 0.02 if $r->status >= 500;
    }

    return 1;
}


sub words {
    return join ' ', map { sprintf 'w%02d', int(rand() ** 2 * $WORDS) }
                     1 .. 2 + int(rand(4));
}


sub shown {
    my ($t, $id) = @_;

    my $data = $t->get("$API/$id")->json->{data};

    return {
        number => $data->{tenderID},
        text   => " $data->{title} ",
        more   => ' ' . ($data->{description} // '') . ' ',
        amount => $data->{totalValue}{amount},
        status => $data->{status},
    };
}


sub search {
    my ($t, $code, $kwords, $more) = @_;

    $kwords =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;

    my $r = $t->client(timeout => 20)->get(
        "$EXPORT&api_code=$code&kwords=$kwords" . ($more // ''));

    return $r->status unless $r->status == 200;
    return join ' ', sort map { JSON::PP::decode_json($_)->{TenderNumOuter} }
                          split /\n/, $r->body;
}


sub compare {
    my ($t, $code, $tenders, $buckets) = @_;

    my $has = sub { "$_[0]{text} / $_[0]{more}" =~ / \Q$_[1]\E / };
    my @cases;

    srand(77);

    for my $n (0 .. $WORDS - 1) {
        my ($one, $two, $three) = map { sprintf 'w%02d', $_ }
                          $n, int(rand($WORDS)), int(rand() ** 2 * $WORDS);
        my ($from, $to) = sort { $a <=> $b } map { int(rand(1_000)) } 1, 2;

        push @cases,
            [$one, '', sub { $has->($_, $one) }],
            ["$one $three", '',
             sub { $has->($_, $one) && $has->($_, $three) }],
            ["$one -$three", '',
             sub { $has->($_, $one) && !$has->($_, $three) }],
            ["($one | $two) $three", '',
             sub { ($has->($_, $one) || $has->($_, $two))
                                       && $has->($_, $three) }],
            ["\"$one $three\"", '', sub { $has->($_, "$one $three") }],
            [$one, "&price1=$from&price2=$to",
             sub { $has->($_, $one) && $_->{amount} >= $from
                   && $_->{amount} <= $to }],
            [$one, '&status=cancelled',
             sub { $has->($_, $one) && $_->{status} eq 'cancelled' }];
    }

    push @cases,
        ['', '', sub { 1 }],
        ['w0*', '', sub { "$_->{text}$_->{more}" =~ / w0/ }],
        ['', '&irazd=1', sub { 1 }],
        ['w01', '&irazd=1', sub { $_->{text} =~ / w01 / }];

    my $wrong = 0;

    for my $case (@cases) {
        my ($kwords, $more, $test) = @$case;
        my $found  = search($t, $code, $kwords, $more);
        my $wanted = join ' ', sort map { $_->{number} }
                               grep { $test->() } @$tenders;

        next if $found eq $wanted;

        $wrong++;
        diag("$kwords$more finds\n$found\nand not\n$wanted") if $wrong < 3;
    }

    is($wrong, 0, "$buckets buckets: " . @cases . ' searches are right');
}
