#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Many clients change one tender at the same time: no change is lost, none is
# made twice, and the revisions tell the whole story.

use strict;
use warnings;

use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Test;


my $CLIENTS = 64;
my $ROUNDS  = 4;
my $API     = '/api/0.1/tenders';

my $json = JSON::PP->new->utf8->canonical;
my $t    = Tender::Test->new(workers => 2);


# children that begin at the same moment

sub together {
    my ($code) = @_;

    unlink $t->dir . '/go';

    my @jobs = map { my $k = $_; $t->background(sub {
        my $c = $t->client(timeout => 30);

        $c->connect;
        sleep 0.002 until -e $t->dir . '/go';

        return $code->($c, $k);
    }) } 0 .. $CLIENTS - 1;

    $t->write_file('go', '');

    return map { $_->result } @jobs;
}


# RFC 6902, as far as reverse patches need it

sub apply {
    my ($doc, $patch) = @_;

    for my $step (@$patch) {
        my @path = map { s{~1}{/}gr =~ s{~0}{~}gr }
                   split m{/}, $step->{path}, -1;

        shift @path;

        if (!@path) {
            $doc = $step->{value};
            next;
        }

        my $last = pop @path;
        my $at   = $doc;

        $at = ref $at eq 'ARRAY' ? $at->[$_] : $at->{$_} for @path;

        if (ref $at eq 'HASH') {
            exists $at->{$last} or die "$step->{path} is not there"
                if $step->{op} ne 'add';
            $step->{op} eq 'remove' ? delete $at->{$last}
                                    : ($at->{$last} = $step->{value});
        } elsif ($step->{op} eq 'add') {
            splice @$at, $last eq '-' ? @$at : $last, 0, $step->{value};
        } elsif ($step->{op} eq 'remove') {
            splice @$at, $last, 1;
        } elsif ($step->{op} eq 'replace') {
            $at->[$last] = $step->{value};
        } else {
            die "what is $step->{op}?";
        }
    }

    return $doc;
}


sub document {
    my ($data) = @_;

    my %doc = %$data;

    delete @doc{qw(id tenderID modified status)};

    return \%doc;
}


# what the store has of a tender: its head, and its revisions

sub revisions {
    my ($id) = @_;

    my @head = split / /, $t->redis('HGET', "{b0}:tender:$id", 'head');
    my $list = $t->redis('LRANGE', "{b0}:tender:$id:revisions", 0, -1);

    return (\@head, map { [split / /, $_, 3] } @$list);
}


ok($t->wait_for(sub { $t->get($API)->status == 200 }), 'it works');


# each client has an element of its own, and changes it several times

{
    my $r = $t->post($API, { data => {
        submissionDetails => 'first',
        itemsToBeProcured => [map { +{ description => "item $_" } }
                              0 .. $CLIENTS - 1],
    } });

    is($r->status, 201, 'a tender of 64 items');

    my $id    = $r->json->{data}{id};
    my $path  = "$API/$id";
    my $first = document($t->get($path)->json->{data});

    my @seen = together(sub {
        my ($c, $k) = @_;
        my @seen;

        for my $round (1 .. $ROUNDS) {
            my @items = map { +{} } 1 .. $CLIENTS;

            $items[$k] = { unitOfMeasure => "unit $k", quantity => $round };

            my $r = $c->patch($path, {
                data => { itemsToBeProcured => \@items },
            });
            my $data = $r->status == 200 ? $r->json->{data} : {};

            push @seen, {
                status => $r->status,
                etag   => scalar $r->header('ETag'),
                mine   => $data->{itemsToBeProcured}[$k]{quantity},
                modified => $data->{modified},
            };
        }

        return \@seen;
    });

    my (%status, %etags, @made, @last, @wrong);

    for my $k (0 .. $#seen) {
        for my $round (1 .. $ROUNDS) {
            my $one = $seen[$k][$round - 1];

            $status{ $one->{status} }++;
            next if $one->{status} != 200;

            $etags{ $one->{etag} }++;
            $last[$k] = $round;
            push @made, "$k:$round";
            push @wrong, "$k:$round" if $one->{mine} != $round;
        }
    }

    diag(join ', ', map { "$_: $status{$_}" } sort keys %status);

    is_deeply([grep { !/^(200|409)$/ } keys %status], [],
              'a change is made or refused with 409');
    is_deeply(\@wrong, [], 'who made a change has seen it');
    is(keys %etags, @made, 'each made another version');

    my $now = document($t->get($path)->json->{data});
    my ($head, @revisions) = revisions($id);

    is_deeply([map { $_->{quantity} } @{ $now->{itemsToBeProcured} }],
              [@last[0 .. $CLIENTS - 1]], 'each item has its last change');
    is($head->[0], 1 + @made, 'the revision counts the changes');
    is(@revisions, @made, 'so many revisions are kept');

    my @times = map { $_->[0] } @revisions;

    is(scalar(grep { $times[$_] <= $times[$_ - 1] } 1 .. $#times), 0,
       'each later than the one before it');
    is($times[-1], $head->[1], 'the last one is the date of the tender');

    # back through all of them: what each revision has made

    my @found;
    my $doc = $now;

    for my $revision (reverse @revisions) {
        my $after = $json->decode($json->encode($doc));

        $doc = apply($doc, $json->decode($revision->[2]));

        my @changed = grep {
            $json->encode($doc->{itemsToBeProcured}[$_])
                ne $json->encode($after->{itemsToBeProcured}[$_])
        } 0 .. $CLIENTS - 1;

        push @found, join ',', map {
            "$_:$after->{itemsToBeProcured}[$_]{quantity}"
        } @changed;
    }

    is_deeply([sort @found], [sort @made],
              'each change that was acknowledged is there exactly once');
    is_deeply($doc, $first, 'all taken back, it is the first document');

    my $events = $t->redis('XRANGE', '{b0}:events', '-', '+');
    my @revs   = map { my %e = @{ $_->[1] }; $e{rev} }
                 grep { my %e = @{ $_->[1] }; $e{id} eq $id } @$events;

    is_deeply(\@revs, [1 .. @made + 1], 'an event for each, in order');
}


# all of them with the same If-Match: one wins

for my $method (qw(PATCH PUT)) {
    my $r    = $t->post($API, { data => { submissionDetails => 'first' } });
    my $path = "$API/" . $r->json->{data}{id};
    my $etag = $t->get($path)->header('ETag');

    my @seen = together(sub {
        my ($c, $k) = @_;
        my $r = $c->request($method, $path, { 'If-Match' => $etag },
                            { data => { submissionDetails => "by $k" } });

        return [$r->status, $k];
    });

    my @won   = grep { $_->[0] == 200 } @seen;
    my @other = grep { $_->[0] != 200 && $_->[0] != 412 } @seen;

    is(@won, 1, "$method: exactly one of 64 with the same If-Match wins");
    is_deeply(\@other, [], "$method: the others have 412");
    is($t->get($path)->json->{data}{submissionDetails}, "by $won[0][1]",
       "$method: the tender is what the winner made it");

    my ($head, @revisions) = revisions($r->json->{data}{id});

    is($head->[0], 2, "$method: one change");
    is(@revisions, 1, "$method: and one revision");
}


# the same change by all of them: it is made once, all are content

{
    my $r    = $t->post($API, { data => {} });
    my $path = "$API/" . $r->json->{data}{id};

    my @seen = together(sub {
        my ($c) = @_;
        my $r = $c->patch($path, { data => { submissionDetails => 'same' } });

        return $r->status;
    });

    is_deeply(\@seen, [(200) x $CLIENTS], 'the same change by all: 200');
    is((revisions($r->json->{data}{id}))[0][0], 2, 'made once');
}


$t->finish;
done_testing;
