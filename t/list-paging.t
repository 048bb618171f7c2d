#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The feed, page by page in all directions: every tender exactly once.

use strict;
use warnings;

use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $COUNT = 350;
my $path  = '/api/0.1/tenders';

my ($t, $c);


sub page {
    my ($url) = @_;

    my $r = $c->get($url);

    die "$url: ", $r->status, ' ', $r->body if $r->status != 200;

    my $page = $r->json;

    $_ && check_link($_) for @$page{qw(next_page prev_page)};

    return $page;
}


my $links_wrong = '';

sub check_link {
    my ($link) = @_;

    $links_wrong .= "a link: @{[%$link]}\n"
        if join(' ', sort keys %$link) ne 'offset path uri'
           || $link->{uri} ne $t->url($link->{path})
           || $link->{path} !~ m{^\Q$path\E\?offset=\Q$link->{offset}\E(?:&|$)}
           || $link->{offset} !~ /^\w+$/;
}


# all pages by next_page or prev_page, until one is empty

sub walk {
    my ($url, $by) = @_;

    my (@items, @pages);

    for (1 .. 2 * $COUNT) {
        my $page = page($url);

        last if !@{ $page->{data} };

        push @items, @{ $page->{data} };
        push @pages, $page;
        $url = $page->{$by || 'next_page'}{path};
    }

    return (\@items, \@pages, $url);
}


sub ids { [map { $_->{id} } @{ $_[0] }] }


for my $buckets (1, 4) {
    my $name = "$buckets buckets";

    $t = Tender::Test->new(redis_args => "buckets=$buckets");
    $c = $t->client;

    my $empty = page($path);

    is_deeply($empty->{data}, [], "$name: nothing at first");
    ok($empty->{next_page}, "$name: but a next page");
    is($empty->{prev_page}, undef, "$name: and none before");
    is_deeply(page("$path?descending=1")->{data}, [], "$name: nor backwards");

    my @made = map { publish($t, { selectionDetails => "n$_" },
                             client => $c) } 1 .. $COUNT;

    # within a bucket the order is that of creation; buckets are merged by
    # time, which their clocks share

    my $all = page("$path?limit=1000");

    is_deeply(ids($all->{data}), ids(\@made), "$name: all, in order");
    is_deeply($all->{data}, [map { { id => $_->{id},
                                     modified => $_->{modified} } } @made],
              "$name: with their dates");

    is(@{ page($path)->{data} }, 100, "$name: a page is 100");

    for my $limit (1, 7, 100, 1000) {
        my ($items, $pages) = walk("$path?limit=$limit");

        is_deeply($items, $all->{data}, "$name: forwards by $limit");
        is(@$pages, POSIX::ceil($COUNT / $limit), "$name: in full pages");
        is((grep { $_->{next_page}{path} !~ /&limit=$limit$/ } @$pages), 0,
           "$name: limit is kept");
        is($pages->[0]{prev_page}, undef, "$name: nothing before the first");

        ($items, $pages) = walk("$path?limit=$limit&descending=1");
        is_deeply($items, [reverse @{ $all->{data} }],
                  "$name: backwards by $limit");
        is((grep { !$_->{prev_page} } @$pages), 0,
           "$name: backwards there is always a way forwards");
        is((grep { $_->{next_page}{path} !~ /&descending=1/
                   || $_->{prev_page}{path} =~ /descending/ } @$pages), 0,
           "$name: each in its direction");
    }


    # turning round: what is before a page, page by page

    for my $limit (7, 100) {
        my ($items, $pages) = walk("$path?limit=$limit");
        my $n    = int @$pages / 2;
        my $turn = $pages->[$n]{prev_page};
        my @left = map { @{ $_->{data} } } @$pages[0 .. $n - 1];

        ($items) = walk($turn->{path});
        is_deeply($items, [reverse @left],
                  "$name: from the middle backwards by $limit");

        ($items, $pages) = walk("$path?limit=$limit&descending=1");
        @left = map { @{ $_->{data} } } @$pages[0 .. $n - 1];

        ($items) = walk($pages->[$n]{prev_page}{path});
        is_deeply($items, [reverse @left],
                  "$name: and forwards again by $limit");
    }


    # after the end: each change once, however often one asks

    my ($items, $pages, $end) = walk("$path?limit=100");

    is_deeply(page($end)->{data}, [], "$name: nothing after the end");
    is_deeply(page(page($end)->{next_page}{path})->{data}, [],
              "$name: still nothing");

    for my $i (3, 3, 77, 349, 0, 3) {
        $c->patch("$path/$made[$i]{id}",
                  { data => { selectionDetails => 'v' . rand } });
    }

    my $new = publish($t, {}, client => $c);

    ($items, $pages, $end) = walk($end);
    is_deeply(ids($items), [map { $_->{id} } @made[77, 349, 0, 3], $new],
              "$name: changes after the end, each tender once, the last "
              . 'change counts');
    is_deeply(page($end)->{data}, [], "$name: and no more");

    # small pages, with a change between two of them

    $c->patch("$path/$made[$_]{id}",
              { data => { selectionDetails => 'w' . rand } }) for 10 .. 20;

    my $first = page($end =~ s/limit=100/limit=5/r);

    $c->patch("$path/$made[$_]{id}",
              { data => { selectionDetails => 'x' . rand } }) for 10, 19;

    my ($more) = walk($first->{next_page}{path});

    is_deeply(ids([@{ $first->{data} }, @$more]),
              [map { $made[$_]{id} } 10 .. 18, 20, 10, 19],
              "$name: a change on the way comes again at the end");

    # the one who went backwards from the start has a way to what is new

    my $live = page("$path?descending=1&limit=3")->{prev_page}{path};

    is_deeply(page($live)->{data}, [], "$name: nothing newer than the newest");
    $c->patch("$path/$made[42]{id}", { data => { method => 'Open' } });
    is_deeply(ids(page($live)->{data}), [$made[42]{id}],
              "$name: a change comes by prev_page");


    # the newest first, then all: no tender is missed or doubled

    ($items) = walk("$path?descending=1&limit=50");
    is(keys %{ { map { $_->{id} => 1 } @$items } }, $COUNT + 1,
       "$name: every tender");
    is(@$items, $COUNT + 1, "$name: once");

    is($links_wrong, '', "$name: links");

    $t->finish;
}


# an offset that was taken from an empty store

$t = Tender::Test->new(redis_args => 'buckets=4');
$c = $t->client;

my $start = page("$path?limit=7")->{next_page}{path};
my $back  = page("$path?descending=1")->{prev_page}{path};
my @made  = map { publish($t, {}, client => $c) } 1 .. 30;

is_deeply(ids((walk($start))[0]), ids(\@made), 'from before the first');
is_deeply(ids((walk($back))[0]), ids(\@made), 'and by prev_page');

$t->finish;
done_testing;
