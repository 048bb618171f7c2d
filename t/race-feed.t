#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Readers walk the feed while eight writers change 200 tenders 20 000 times:
# they see the last change of each, and dates never go backwards.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Test;


my $TENDERS = 200;
my $WRITERS = 8;
my $CHANGES = 20_000;
my $BATCH   = 25;
my $API     = '/api/0.1/tenders';


# One writer: sends changes in batches, reads their answers, and sends those
# again that were refused because others were faster.

sub writer {
    my ($t, $k, @ids) = @_;

    my $c    = $t->client(timeout => 30);
    my $done = 0;
    my (%status, @again);
    my $next = $k;

    while ($done < $CHANGES / $WRITERS) {
        my @batch = splice @again;
        my $left  = $CHANGES / $WRITERS - $done;

        $left = $BATCH if $left > $BATCH;

        # each writer goes its own way through all tenders
        while (@batch < $left) {
            $next += 7 + 2 * $k;
            push @batch, [$ids[$next % @ids], "$k-$next"];
        }

        $c->send(join '', map {
            $c->format('PATCH', "$API/$_->[0]",
                       { Prefer => 'return=minimal' },
                       qq({"data":{"submissionDetails":"$_->[1]"}}))
        } @batch);

        for my $change (@batch) {
            my $r = $c->receive;

            $status{ $r->status }++;
            $r->status == 200 ? $done++ : push @again, $change;
            die $r->body if $r->status !~ /^(200|409)$/;
        }
    }

    return \%status;
}


# A reader: page after page, until the writers are done and there is an empty
# one.  With fields, an entry is the tender as it is by now, which may be
# later than its place in the feed.

sub reader {
    my ($t, $bucket_of, $fields) = @_;

    my $c    = $t->client(timeout => 30);
    my $next = "$API?limit=37" . ($fields ? "&opt_fields=$fields" : '');
    my (%date, %text, %last, @wrong);
    my ($pages, $entries) = (0, 0);

    while (1) {
        my $over = -e $t->dir . '/stop';
        my $r    = $c->get($next);

        $r->status == 200 or die "$next: " . $r->status . ' ' . $r->body;

        my $page = $r->json;
        my $data = $page->{data};
        my %here;

        $pages++;
        $entries += @$data;

        for my $entry (@$data) {
            my ($id, $modified) = @$entry{qw(id modified)};
            my $bucket = $bucket_of->{$id};

            push @wrong, "$id twice on a page" if $here{$id}++;
            push @wrong, "$id: $modified after $last{$bucket}"
                if !$fields && $modified lt ($last{$bucket} // '');
            push @wrong, "$id: itself at $modified after $date{$id}"
                if $modified lt ($date{$id} // '');

            $last{$bucket} = $modified;
            $date{$id}     = $modified;
            $text{$id}     = $entry->{submissionDetails};
        }

        last if $over && !@$data;

        $next = $page->{next_page}{path};
    }

    return { date => \%date, text => \%text, wrong => \@wrong,
             pages => $pages, entries => $entries };
}


for my $buckets (1, 4) {
    my $t = Tender::Test->new(workers => 2, redis_args => "buckets=$buckets");

    ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it works');

    my $c   = $t->client;
    my @ids = map {
        $c->post($API, { data => { submissionDetails => 'first' } })
          ->json->{data}{id};
    } 1 .. $TENDERS;

    my %bucket_of;

    for my $id (@ids) {
        ($bucket_of{$id}) = grep {
            $t->redis('EXISTS', "{b$_}:tender:$id")
        } 0 .. $buckets - 1;
    }

    my %used = map { $_ => 1 } values %bucket_of;

    is(keys %used, $buckets, "$buckets buckets: all of them in use");

    my @readers = map { my $fields = $_; $t->background(sub {
        reader($t, \%bucket_of, $fields);
    }) } '', 'submissionDetails';
    my @writers = map { my $k = $_; $t->background(sub {
        writer($t, $k, @ids);
    }) } 1 .. $WRITERS;

    my @status = map { scalar $_->result } @writers;

    $t->write_file('stop', '');

    my ($plain, $full) = map { scalar $_->result } @readers;
    my ($made, $refused) = (0, 0);

    $made    += $_->{200} for @status;
    $refused += $_->{409} || 0 for @status;

    diag("$buckets buckets: $made changes, $refused refused;"
         . " $plain->{entries} entries on $plain->{pages} pages");

    is($made, $CHANGES, "$buckets buckets: $CHANGES changes");

    my (@plain, @full, @texts);
    my $revisions = 0;

    for my $id (@ids) {
        my $data = $c->get("$API/$id")->json->{data};
        my ($rev) = split / /, $t->redis(
            'HGET', "{b$bucket_of{$id}}:tender:$id", 'head');

        $revisions += $rev;
        push @plain, $id if $data->{modified} ne ($plain->{date}{$id} // '');
        push @full, $id if $data->{modified} ne ($full->{date}{$id} // '');
        push @texts, $id
            if $data->{submissionDetails} ne ($full->{text}{$id} // '');
    }

    for ([$plain, 'without fields', \@plain], [$full, 'with them', \@full]) {
        my ($seen, $name, $missed) = @$_;

        is_deeply($seen->{wrong}, [], "$buckets buckets, $name: in order");
        cmp_ok($seen->{pages}, '>', 10, 'pages while they write');
        is_deeply($missed, [], 'the last date of each was seen');
    }

    is_deeply(\@texts, [], 'and its last change');

    # two writers may make the same change of one tender, one after the other
    is($revisions, $TENDERS + $CHANGES, "$buckets buckets: all were made");

    my $events = 0;

    $events += $t->redis('XLEN', "{b$_}:events") for 0 .. $buckets - 1;
    is($events, $TENDERS + $CHANGES, "$buckets buckets: an event for each");
    $t->finish;
}


done_testing;
