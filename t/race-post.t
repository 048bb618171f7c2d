#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Many publish at the same time: numbers are unique and without gaps, dates
# are unique, with one bucket and with several.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $CLIENTS = 16;
my $EACH    = 40;
my $TOTAL   = $CLIENTS * $EACH;
my $API     = '/api/0.1/tenders';

for my $buckets (1, 4) {
    my $t = Tender::Test->new(
        workers => 2, redis_args => "buckets=$buckets",
        http => 'tender_id_prefix PL; tender_timezone UTC;',
    );

    ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it works');

    my @made = map { @$_ } $t->parallel($CLIENTS, sub {
        my ($k) = @_;
        my $c = $t->client(timeout => 30);

        return [map {
            my $r = $c->post($API, {
                data => { submissionDetails => "$k.$_" },
            });
            my $data = $r->status == 201 ? $r->json->{data} : {};

            { status => $r->status, id => $data->{id},
              number => $data->{tenderID}, text => "$k.$_",
              location => scalar $r->header('Location') };
        } 1 .. $EACH];
    });

    is(scalar(grep { $_->{status} == 201 } @made), $TOTAL,
       "$TOTAL tenders in $buckets buckets");

    my %ids = map { $_->{id} => $_ } @made;

    is(keys %ids, $TOTAL, 'their ids are unique');

    # the year may change while the test runs, hence per series

    my %series;

    for (@made) {
        my ($name, $n) = $_->{number} =~ /^(PL-\d{4})-(\d+)$/ or next;

        push @{ $series{$name} }, $n;
    }

    my %numbers = map { $_->{number} => 1 } @made;

    is(keys %numbers, $TOTAL, 'their numbers are unique');

    for my $name (sort keys %series) {
        my %by;

        push @{ $by{ $_ % $buckets } }, $_ for @{ $series{$name} };

        for my $bucket (sort keys %by) {
            my @sorted = sort { $a <=> $b } @{ $by{$bucket} };

            is_deeply(\@sorted,
                      [map { $buckets * $_ + $bucket } 1 .. @sorted],
                      "$name: those of bucket $bucket have no gaps");
        }
    }

    # where each of them is, and when

    my ($c, @lost, %dates, %count) = ($t->client);

    for my $bucket (0 .. $buckets - 1) {
        my @feed = @{ $t->redis('ZRANGE', "{b$bucket}:feed", 0, -1,
                                'WITHSCORES') };

        $count{feed} += @feed / 2;
        $count{events} += $t->redis('XLEN', "{b$bucket}:events");

        while (my ($member, $score) = splice @feed, 0, 2) {
            my ($id) = $member =~ /^(\w{32})\|/;
            my $one  = $ids{$id};

            push @lost, "$id was not published" if !$one;
            push @lost, "$id: twice" if $one->{seen}++;
            push @lost, "$id: not in bucket $bucket"
                if $one && ($one->{number} =~ s/.*-//r) % $buckets != $bucket;
            push @lost, "$id: same date" if $dates{"$bucket $score"}++;
        }
    }

    is_deeply(\@lost, [],
              'each is in the feed of its bucket, with its own date');
    is_deeply(\%count, { feed => $TOTAL, events => $TOTAL },
              'once in the feed, once in the events');

    my @wrong = grep {
        my $r = $c->get("$API/$_->{id}");

        $r->status != 200 || $r->json->{data}{submissionDetails} ne $_->{text}
            || $r->json->{data}{tenderID} ne $_->{number}
            || $_->{location} !~ m{^http://[^/]+\Q$API\E/$_->{id}$};
    } @made;

    is(@wrong, 0, 'each can be read where its Location says');
    $t->finish;
}


done_testing;
